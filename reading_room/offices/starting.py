"""The main office with which an archive begins; it changes it as it likes."""

MAIN = {
    "name": "越州市市场监督管理局档案室",
    "name_en": "Archive Room, Yuezhou Municipal Administration for Market Regulation",
    "seal_text": "越州市市场监督管理局",
    "seal_name": "档案证明专用章",
    "number_pattern": "越市监档证〔{year}〕{number}号",
}


def make_main(issuing_office, certificate) -> None:
    """Make the office that is there the main one, or the first of all (``issuing_office``, ``certificate``: the models).
    What was issued before there were several was issued by it."""
    office = issuing_office.objects.order_by("pk").first() or issuing_office(**MAIN)
    office.is_main = office.is_used = True
    office.save()
    certificate.objects.filter(issuing_office=None).update(issuing_office=office)
