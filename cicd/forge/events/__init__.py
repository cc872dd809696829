"""Turn an event into the runs that it triggers, each with GitHub's payload for the event.

* `triggers` decides which workflows a push, a dispatch or a schedule triggers;
* `selection` leaves out the workflows that do not use the kit or can't run locally;
* `dispatch` checks a `workflow_dispatch` request;
* `payloads` builds the event payloads;
* `history` answers the questions about commits that these need.
"""
