"""What a deployment does for one job: its proof, its CronJob, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicd import failpoints, labels
from cicd.deploy.kubernetes import cron_jobs, objects, pods, proofs
from cicd.deploy.kubernetes.kubectl import MANAGER
from cicd.text import say

if TYPE_CHECKING:
    from cicd.deploy.kubernetes.kubectl import Manifest
    from cicd.deploy.kubernetes.site import Site, Step
    from cicd.deploy.target import Order


@dataclass
class JobPart:
    """Bringing the release of one job to an environment."""

    site: Site
    order: Order
    cron: Manifest
    """The CronJob, as it is applied."""
    before: Manifest | None
    """The CronJob to return to; None for none."""
    sample: Manifest | None = None
    """The ConfigMap with the sample data; None for none."""
    rolled: bool = field(default=False, init=False)
    settled: bool = field(default=False, init=False)
    """See `Part`."""

    @property
    def wanted(self) -> list[Manifest]:
        """All objects of the job, as they are applied."""
        return [cron_jobs.remembering(self.cron, self._remembered)]

    @property
    def commit_before(self) -> str:
        """The commit of the release to return to; empty for none."""
        return objects.annotations_of(self.before).get(labels.COMMIT, "") if self.before else ""

    @property
    def candidate(self) -> str:
        """The name of the pod of the proof."""
        return objects.candidate_name(self.site.config)

    def is_done(self) -> bool:
        """Return False: a job is proven at each deployment."""
        return False

    def bring_up(self) -> Step:
        """Return the step that starts the proof."""
        return f"start the pod {self.candidate} with {self.order.release}", self._start

    def prove(self) -> Step:
        """Return the step that waits for the proof."""
        job = cron_jobs.job_of(self.site.config)
        words, sample = " ".join(job.proof or job.command), f" on {job.sample}" if job.sample else ""
        return f"let it run '{words}'{sample}, for up to {job.timeout:g} s", self._prove

    def roll_out(self) -> list[Step]:
        """Return the step after which the cluster runs the release on its schedule."""
        return [(f"apply {objects.names_of([self.cron])}", self._apply)]

    def settle(self) -> Step:
        """Return the step that notes the release as one to return to."""
        return f"note in the CronJob {objects.name_of(self.cron)} that {self.order.release} was proven", self._settle

    def leave(self) -> list[Step]:
        """Return nothing: a job that runs meanwhile ends by itself."""
        return []

    def tested(self) -> tuple[str, str]:
        """Return URL and address for the tests: a job has none."""
        return "", ""

    def check_candidate(self) -> None:
        """Check nothing: the job has ended before the tests."""

    def remove_candidate(self) -> None:
        """Remove the pod of the proof, and what it was given and left."""
        kubectl, config = self.site.kubectl, self.site.config
        with failpoints.change(objects.failpoint("remove-candidate", config)):
            kubectl.delete("pod", self.candidate, now=True)
            names = [cron_jobs.config_map_name(config, use) for use in (cron_jobs.SAMPLE, cron_jobs.OUTPUT)]
            kubectl.delete("configmap", *names)

    def take_candidate_away(self) -> None:
        """Remove the pod of a proof that failed."""
        self.remove_candidate()

    def give_back(self, *, healthy_too: bool) -> None:
        """Return to the CronJob before, if this one was applied and its release failed."""
        kubectl, name = self.site.kubectl, objects.name_of(self.cron)
        existing = kubectl.get("cronjob", name)
        if existing is None:
            return
        annotations = objects.annotations_of(existing)
        same = self.before and objects.annotations_of(self.before).get(labels.CONTENT) == annotations.get(
            labels.CONTENT
        )
        if annotations.get(labels.SETTLED) == "true" and (same or not (healthy_too or self.rolled)):
            return
        with failpoints.change(objects.failpoint("undo", self.site.config)):
            if self.before is None:
                kubectl.delete("cronjob", name)
                say(f"removed the CronJob {name}: there is no release to return to")
                return
            kubectl.apply([self.before])
        say(f"returned to {objects.annotations_of(self.before)[labels.RELEASE]}")

    @property
    def _remembered(self) -> Manifest | None:
        """The CronJob of the release before this one; of one that is deployed again, the one before that."""
        if self.before and objects.annotations_of(self.before)[labels.CONTENT] == self._content:
            existing = self.site.kubectl.get("cronjob", objects.name_of(self.cron))
            known = cron_jobs.healthy(existing) if existing else []
            return next((past for past in known if objects.annotations_of(past)[labels.CONTENT] != self._content), None)
        return self.before

    @property
    def _content(self) -> str:
        return objects.annotations_of(self.cron)[labels.CONTENT]

    def _start(self) -> None:
        site = self.site
        pod = cron_jobs.proof(self.cron, site.config, site.environment, self.order.test or self.order.release)
        with failpoints.change(objects.failpoint("start-candidate", site.config)):
            if self.sample:
                site.kubectl.apply([self.sample])
                pod = cron_jobs.with_sample(pod, self.sample)
            pods.start(site.kubectl, pod)

    def _prove(self) -> None:
        site = self.site
        kept = f"{site.environment.name} holds what it held before."
        proofs.wait(site.kubectl, self.candidate, cron_jobs.job_of(site.config).timeout, kept)
        archive = proofs.output(site.kubectl, self.candidate)
        site.kubectl.apply([cron_jobs.output_of(site.config, site.environment, archive)])

    def _apply(self) -> None:
        self.rolled = True
        with failpoints.change(objects.failpoint("apply", self.site.config)):
            self.site.kubectl.apply(self.wanted)

    def _settle(self) -> None:
        name = f"cronjob/{objects.name_of(self.cron)}"
        with failpoints.change(objects.failpoint("settle", self.site.config)):
            mark = f"{labels.SETTLED}=true"
            self.site.kubectl.run("annotate", name, mark, "--overwrite", f"--field-manager={MANAGER}")
        self.settled = True
