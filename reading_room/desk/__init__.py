"""The query window: requests, queue, basket, approvals, prints."""
