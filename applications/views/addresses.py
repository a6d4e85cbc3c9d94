"""The addresses of an account: allauth's page, and a refusal where it would break off."""

from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from applications import actions


class Addresses(EmailView):
    """As allauth's. An address may be proved here and yet stand in another account.

    Somebody began to sign up with it and never finished, or staff made an account that nobody has
    opened: such an account has no proved address, but holds its name. With an address that is
    removed go the mails of sign-in that it got.
    """

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "action_primary" not in request.POST:
            proved = EmailAddress.objects.filter(user=request.user, verified=True)
            before = set(proved.values_list("email", flat=True))
            response = super().post(request, *args, **kwargs)
            for email in before - set(proved.values_list("email", flat=True)):
                actions.erase_mails_of_sign_in(email=email)
            return response
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except IntegrityError:
            messages.error(
                request,
                _(
                    "This address cannot be the preferred one: another account was begun with it. Write to AMED to have it freed."
                ),
            )
            return redirect("account_email")


addresses = Addresses.as_view()
