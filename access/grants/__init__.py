"""Permissions of use (利用审批): asked for, decided, given, withdrawn, listed, and told to whom they concern."""
