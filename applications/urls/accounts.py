"""Addresses of accounts: allauth's pages, those of them that the portal uses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import path

from applications.accounts import views
from applications.accounts.fresh import proved_just_now
from applications.views.addresses import addresses

SIGN_IN = [
    path("login/", account.login, name="account_login"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path(
        "login/code/confirm/",
        views.ConfirmLoginCode.as_view(),
        name="account_confirm_login_code",
    ),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    path("password/reset/", views.AskForReset.as_view(), name="account_reset_password"),
    path(
        "password/reset/confirm/",
        views.ConfirmPasswordResetCode.as_view(),
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/reset/complete/",
        views.CompletePasswordReset.as_view(),
        name="account_complete_password_reset",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
]
ACCOUNT = [
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", proved_just_now(addresses, on_reading=False), name="account_email"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", proved_just_now(account.password_set), name="account_set_password"),
    path("sessions/", views.Sessions.as_view(), name="usersessions_list"),
]
SECOND_FACTOR = [
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "2fa/totp/activate/",
        proved_just_now(views.ActivateTOTP.as_view()),
        name="mfa_activate_totp",
    ),
    path("2fa/totp/deactivate/", views.DeactivateTOTP.as_view(), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("2fa/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", proved_just_now(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("2fa/passkeys/login/", views.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path(
        "2fa/passkeys/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "2fa/passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"
    ),
]
ORCID = [
    path(
        "orcid/",
        proved_just_now(social.connections, on_reading=False),
        name="socialaccount_connections",
    ),
    path("orcid/login/", views.orcid_login, name="orcid_login"),
    path("orcid/login/callback/", views.orcid_callback, name="orcid_callback"),
    path("orcid/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("orcid/signup/", social.signup, name="socialaccount_signup"),
]
urlpatterns = [*SIGN_IN, *ACCOUNT, *SECOND_FACTOR, *ORCID]
