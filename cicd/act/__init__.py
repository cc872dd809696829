"""Run workflows with `act`.

* `workflows` parses workflow files and finds what they need to run on this machine;
* `unsupported` refuses what act would leave out without a word;
* `filters` applies the filters of `on: push`, `inputs` checks the inputs of `workflow_dispatch`;
* `execution` builds act's command line and environment, and runs its process;
* `limits` bounds what is kept of act's output, `log` and `line` parse act's JSON log;
* `checkout/` is the action that replaces `actions/checkout`, `upload/` the one that replaces `actions/upload-artifact`.
"""
