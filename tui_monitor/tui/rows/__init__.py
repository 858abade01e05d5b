"""The rows of the activity log, as pure functions from live state to spans.

The entries of a session's log (calls and marks) are folded into items (`fold`, `items`), each item is described as a
`LogRow` (`describe`), and a row is composed into the cells of a width (`layout`). Only visible rows are described."""
