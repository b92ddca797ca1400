"""The lists with which a window begins; an archive changes them as it likes."""

DOCUMENTS = [
    ("居民身份证", "Identity card", "identity"),
    ("营业执照", "Business licence", "credit_code"),
    ("律师执业证", "Lawyer's licence", "none"),
    ("护照", "Passport", "none"),
    ("港澳台居民居住证", "Residence permit (Hong Kong, Macao, Taiwan)", "identity"),
    ("军官证", "Officer's card", "none"),
    ("工作证", "Work card", "none"),
    ("其他证件", "Other document", "none"),
]
READERS = [
    ("企业工作人员", "Staff of an enterprise"),
    ("公民个人", "Citizen"),
    ("律师", "Lawyer"),
    ("司法机关", "Court or procuratorate"),
    ("行政机关", "Public body"),
    ("本局处室", "Office of this bureau"),
]
PURPOSES = [
    ("企业融资贷款", "Credit of an enterprise"),
    ("诉讼取证", "Evidence in court"),
    ("企业自查、补证", "Own records, replacement of papers"),
    ("产权、房产过户", "Title to property"),
    ("招投标", "Tender"),
    ("资质申报", "Application for a qualification"),
    ("股权转让", "Transfer of shares"),
    ("执法办案", "Law enforcement"),
    ("社会保险、工龄认定", "Social insurance, years of service"),
    ("公证", "Notary"),
    ("信访核查", "Petition"),
    ("学术研究、编史修志", "Research, compiling histories"),
    ("其他", "Other"),
]


def fill(list_entry, desk) -> None:
    """Fill the lists (``list_entry``, ``desk``: the models) where they are empty."""
    if list_entry.objects.exists():
        return
    rows = [("document", *row) for row in DOCUMENTS]
    rows += [("reader", *row, "none") for row in READERS] + [("purpose", *row, "none") for row in PURPOSES]
    list_entry.objects.bulk_create(
        list_entry(list=name, name=own, name_en=english, check_rule=rule, order=place)
        for place, (name, own, english, rule) in enumerate(rows, 1)
    )
    desk.objects.bulk_create(desk(name=f"{number}号窗口") for number in (1, 2, 3))
