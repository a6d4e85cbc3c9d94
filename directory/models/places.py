"""The areas that the list names, and the institutions where people work."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


def in_language(en: str, ja: str) -> str:
    """Return the text of the reader's language, or the other where it is missing."""
    first, second = (ja, en) if (get_language() or "en").startswith("ja") else (en, ja)
    return first or second


# Codes stand in addresses, which people type and mail programs change: capitals tell nothing apart.
IN_SMALL_LETTERS = _("Write it in small letters.")


class Country(models.Model):
    """One of the list's countries or areas; ``EU`` is an area, never an affiliation."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=100, unique=True)
    name_ja = models.CharField(_("name in Japanese"), max_length=100, unique=True)
    name_own = models.CharField(_("name in its own language"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("country or area")
        verbose_name_plural = _("countries and areas")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_en, self.name_ja)


class Institution(models.Model):
    """Where somebody works. Entered as typed; the same name in one country is one row."""

    country = CountryField(_("country"))
    name = models.CharField(_("name"), max_length=300)
    name_latin = models.CharField(_("name in English"), max_length=300, blank=True)
    ror = models.CharField(_("ROR id"), max_length=9, blank=True)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "name", "name_latin"],
                name="institution_is_named_once_in_its_country",
            )
        ]

    def __str__(self) -> str:
        return in_language(self.name_latin or self.name, self.name)
