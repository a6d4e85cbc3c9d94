"""Researchers and the grants they hold: entered for one team, never shared between teams."""

import unicodedata

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.models.funding import Agency, Programme
from directory.models.places import Institution
from directory.romaji import romaji

_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_FOLDED = _KATAKANA | str.maketrans("āīūēō", "aiueo")


def search_key(*texts: str) -> str:
    """Return what lists search in: NFKC, case-folded, katakana, no macrons, single spaces. Never shown."""
    joined = unicodedata.normalize("NFKC", " ".join(text for text in texts if text)).casefold()
    return " ".join(joined.translate(_FOLDED).split())


def unspaced(name: str) -> str:
    """Return a name in kanji or kana as many type it in a search: without the space. "" for others."""
    joined = "".join(name.split())
    return "" if joined == name or joined.isascii() else joined


class Researcher(models.Model):
    """A person of a team, as that team wrote them: names stay exactly as typed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="researchers",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name as you write it"), max_length=200)
    family_latin = models.CharField(_("family name in Latin letters"), max_length=200, blank=True)
    given_latin = models.CharField(_("given name in Latin letters"), max_length=200, blank=True)
    reading = models.CharField(_("reading in kana"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    orcid = models.CharField(_("ORCID iD"), max_length=19, blank=True)
    erad_number = models.CharField(
        _("e-Rad researcher number"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{8}$")],
    )
    institution = models.ForeignKey(
        Institution,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="researchers",
        verbose_name=_("institution"),
    )
    department = models.CharField(_("department"), max_length=200, blank=True)
    position = models.CharField(_("position"), max_length=200, blank=True)
    language = models.CharField(_("language of mails"), max_length=5, default="en")
    search_text = models.TextField(editable=False, blank=True)

    class Meta:
        verbose_name = _("researcher")
        verbose_name_plural = _("researchers")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="researcher_has_a_name"),
            models.CheckConstraint(
                condition=Q(erad_number="") | Q(erad_number__regex=r"^[0-9]{8}$"),
                name="researcher_erad_number_has_eight_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.search_text = search_key(
            self.name,
            self.family_latin,
            self.given_latin,
            self.reading,
            self.email,
            unspaced(self.name),
            unspaced(self.reading),
            *romaji(self.reading),
        )
        super().save(*args, **kwargs)

    @property
    def country(self) -> str:
        """ISO code of the affiliation, "" when none is given."""
        return str(self.institution.country) if self.institution else ""

    @property
    def name_latin(self) -> str:
        """The romanised name, family name first and in capitals, as the 2019 agreement asks."""
        return " ".join(part for part in (self.family_latin.upper(), self.given_latin) if part)


class Grant(models.Model):
    """A funded project of one holder. Its identity is agency and key, never a bare number."""

    holder = models.ForeignKey(
        Researcher, models.PROTECT, related_name="grants", verbose_name=_("holder")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    agency_other = models.CharField(_("another funder"), max_length=200, blank=True)
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
    )
    programme_other = models.CharField(_("programme as typed"), max_length=200, blank=True)
    reference = models.CharField(_("grant number as typed"), max_length=100, blank=True)
    key = models.CharField(_("normalised number"), max_length=100, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=300, blank=True)
    role = models.CharField(_("role in the grant"), max_length=100, blank=True)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    contact_name = models.CharField(_("contact at the funder"), max_length=200, blank=True)
    contact_email = models.EmailField(_("e-mail of that contact"), blank=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="grant_ends_on_or_after_its_start",
                violation_error_message=_("A grant cannot end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["holder", "agency", "key"],
                condition=~Q(key="") & Q(agency__isnull=False),
                name="grant_is_entered_once_per_holder_and_agency",
                violation_error_message=_("This grant is already entered for this person."),
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(agency_other=""),
                name="grant_names_a_listed_agency_or_another_funder_not_both",
            ),
        ]
        indexes = [models.Index(fields=["agency", "key"], name="grant_by_agency_and_key")]

    def __str__(self) -> str:
        return self.reference or self.title or gettext("A grant without a number")
