"""The names under which the log knows what happens at the window."""

from django.utils.translation import gettext_lazy as _

from fonds.audit import names

REGISTER = "desk.register_reader"
CHANGE_READER = "desk.change_reader"
BLOCK = "desk.block_reader"
UNBLOCK = "desk.unblock_reader"
LETTER = "desk.letter"
BEGIN = "desk.begin"
CALL = "desk.call"
HAND_OVER = "desk.hand_over"
LEAVE = "desk.leave"
ASK_APPROVAL = "desk.ask_approval"
APPROVE = "desk.approve"
REFUSE = "desk.refuse"
APPROVAL_FAILED = "desk.approval_failed"
PRINT = "desk.print"
PRINT_AGAIN = "desk.print_again"
EFFECT = "desk.effect"
IMPORT = "desk.import_uses"
ASK_COPY = "copy.ask"
TAKE_BACK_COPY = "copy.take_back"
ISSUE_COPY = "copy.issue"
REFUSE_COPY = "copy.refuse"
FETCH_COPY = "copy.fetch"

for _name, _label in (
    (REGISTER, _("Reader registered")),
    (CHANGE_READER, _("Particulars of a reader changed")),
    (BLOCK, _("Reader blocked")),
    (UNBLOCK, _("Block of a reader lifted")),
    (LETTER, _("Letter of introduction added")),
    (BEGIN, _("Request at the window begun")),
    (CALL, _("Number called")),
    (HAND_OVER, _("Handed over at the window")),
    (LEAVE, _("Request at the window ended without use")),
    (ASK_APPROVAL, _("Approval asked for at the window")),
    (APPROVE, _("Use at the window approved")),
    (REFUSE, _("Use at the window refused")),
    (APPROVAL_FAILED, _("Approval at the window failed: wrong name or password")),
    (PRINT, _("Printed at the window")),
    (PRINT_AGAIN, _("Printed once more at the window")),
    (EFFECT, _("Effect of use noted")),
    (IMPORT, _("Use register imported")),
    (ASK_COPY, _("Certified copy asked for")),
    (TAKE_BACK_COPY, _("Request for a certified copy taken back")),
    (ISSUE_COPY, _("Certified copy issued on request")),
    (REFUSE_COPY, _("Request for a certified copy refused")),
    (FETCH_COPY, _("Certified copy fetched")),
):
    names.register(_name, _label)
names.DOWNLOADS |= {PRINT, PRINT_AGAIN, FETCH_COPY}
