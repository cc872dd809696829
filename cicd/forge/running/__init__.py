"""Run planned workflows through `act`, one after the other, and keep a record of each run.

* `runner` runs all workflows of a push, and those that they dispatch;
* `kit` keeps the frozen copy of the kit that runs use;
* `invocation` prepares one run's work tree and starts `act`;
* `job_containers` and `workflow_names` configure the containers of jobs (`--runner docker`);
* `progress` passes what happens to a printer;
* `records` keeps results, events and logs;
* `cleanup` ends the processes and removes the containers of cancelled and killed runs.
"""
