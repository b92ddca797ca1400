"""Addresses of the window."""

from django.urls import path

from ..readers import views as readers
from ..remote import views as remote
from ..uses import views as uses
from . import approval_views, print_views, queue_views, request_views

urlpatterns = [
    path("", queue_views.home, name="desk"),
    path("choose/", queue_views.choose_desk, name="desk_choose"),
    path("draw/", queue_views.draw, name="desk_draw"),
    path("call/", queue_views.call_next, name="desk_call"),
    path("begin/", queue_views.begin, name="desk_begin"),
    path("board/", queue_views.board, name="desk_board"),
    path("mirror/", print_views.mirror, name="desk_mirror"),
    path("mirror/state/", print_views.mirror_state, name="desk_mirror_state"),
    path("approvals/", approval_views.waiting, name="desk_approvals"),
    path("approvals/<int:pk>/", approval_views.decide, name="desk_decide"),
    path("letters/<int:pk>/", print_views.letter_scan, name="desk_letter"),
    path("readers/", readers.readers, name="desk_readers"),
    path("readers/<int:pk>/block/", readers.block, name="desk_block_reader"),
    path("remote/", remote.work_list, name="desk_remote"),
    path("remote/<int:pk>/", remote.decide, name="desk_remote_decide"),
    path("uses/", uses.uses, name="desk_uses"),
    path("uses/<int:pk>/effect/", uses.effect, name="desk_effect"),
    path("<int:pk>/", request_views.show_request, name="desk_request"),
    path("state/<int:pk>/", request_views.state, name="desk_state"),
    path("<int:pk>/let-go/", queue_views.let_go, name="desk_let_go"),
    path("<int:pk>/find-reader/", request_views.find_reader, name="desk_find_reader"),
    path("<int:pk>/choose-reader/", request_views.choose_reader, name="desk_choose_reader"),
    path("<int:pk>/register-reader/", request_views.register_reader, name="desk_register_reader"),
    path("<int:pk>/purpose/", request_views.set_purpose, name="desk_purpose"),
    path("<int:pk>/tick/", request_views.tick, name="desk_tick"),
    path("<int:pk>/take-out/", request_views.take_out, name="desk_take_out"),
    path("<int:pk>/original/", request_views.show_original, name="desk_original"),
    path("<int:pk>/screen/", request_views.set_mirror, name="desk_set_mirror"),
    path("<int:pk>/approve/", request_views.approve, name="desk_approve"),
    path("<int:pk>/print/", request_views.print_basket, name="desk_print_basket"),
    path("<int:pk>/hand-over/", request_views.hand_over, name="desk_hand_over"),
    path("<int:pk>/leave/", request_views.leave, name="desk_leave"),
    path("<int:pk>/receipt.pdf", print_views.receipt, name="desk_receipt"),
    path("<int:pk>/prints/<int:number>/", print_views.show_print, name="desk_print"),
    path("<int:pk>/prints/<int:number>/file.pdf", print_views.print_pdf, name="desk_print_pdf"),
    path("<int:pk>/prints/<int:number>/again/", print_views.print_again, name="desk_print_again"),
]
