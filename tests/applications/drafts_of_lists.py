"""Drafts made from the shipped list, and what tests change in them."""

from datetime import UTC, date, datetime

from directory.models import Agency, Condition, Edition, NoticeRule, Participation

PUBLISHED_AT = datetime(2024, 5, 10, 1, 0, tzinfo=UTC)


def draft_from(base: Edition | None = None, code: str = "amed-next", **fields) -> Edition:
    """A draft that says the same as ``base`` (the shipped list)."""
    base = base or Edition.objects.get(code="amed-2024-07-01")
    given = {"as_of": date(2024, 8, 1), "updated_on": date(2024, 8, 1), "owner": base.owner}
    draft = Edition.objects.create(code=code, source=base.source, **given | fields)
    kept = base.rows.select_related("notice_rule").prefetch_related("programmes", "conditions")
    rules, programmes, conditions, rows = [], [], [], []
    link = Participation.programmes.through
    for row in kept:
        rules.append(row.notice_rule)
        programmes += [link(participation=row, programme=one) for one in row.programmes.all()]
        conditions += [Condition(participation=row, code=one.code) for one in row.conditions.all()]
        row.pk, row.edition, row.notice_rule.pk = None, draft, None
        rows.append(row)
    Participation.objects.bulk_create(rows)
    for model, parts in ((NoticeRule, rules), (link, programmes), (Condition, conditions)):
        for one in parts:
            one.participation_id = one.participation.pk
        model.objects.bulk_create(parts)
    return draft


def asks(edition: Edition, slug: str, **values) -> None:
    """Let the row of one funder ask something else of holders."""
    if isinstance(values.get("body"), str):
        values["body"] = Agency.objects.get(slug=values["body"])
    NoticeRule.objects.filter(
        participation__edition=edition, participation__agency__slug=slug
    ).update(**values)


def leaves(edition: Edition, *slugs: str) -> None:
    """Take funders off a draft."""
    edition.rows.filter(agency__slug__in=slugs).delete()


def publish(edition: Edition) -> Edition:
    Edition.objects.filter(pk=edition.pk).update(published_at=PUBLISHED_AT)
    edition.refresh_from_db()
    return edition
