"""The kit itself: its versions, what callers may rely on, and how a release is made, proven and published."""
