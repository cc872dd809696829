"""The local forge: what GitHub gives a team, on one machine (`ml-cicd local`).

A push to the remote `local` takes this way:

1. git starts the remote's hook, which runs `post_receive`; `push_process` notices when the push is killed.
2. `events.triggers` decides which workflows the push triggers, `events.payloads` builds their event payloads.
3. `run_queue` lets one push run at a time; `running.runner` runs the workflows through `cicd.act`.
4. `api` answers the REST calls of jobs; a `workflow_dispatch` from a job runs after the workflows of the push.
5. `running.records` keeps results and logs; a printer from `cicd.printers.runs` shows them.

Around that:

* `lifecycle` brings a forge up and takes it down; `remote` makes its git remote and hook; `state` is its folder;
* `control` starts, cancels and awaits runs for a person (`ml-cicd local dispatch`, `fire`, `cancel`, `wait`);
* `repository_variables` checks the variables of `up --var`;
* `machine` installs and starts what a forge needs: `machine.engine_setup` the Docker engine, `machine.base_images` the
  images, `machine.registry` the registry, `machine.services` all of them;
  `machine.built_images` removes what the forge built.
"""
