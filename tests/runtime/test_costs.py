"""What a job costs in reads, writes and tasks: every stage as its row in functions.yaml says."""

from __future__ import annotations

from scripts.stack.simulation import Simulation
from tests import system

PURE = ("read_thread", "gather_context")
"""Stages that need nothing but the job: one read, one write, one task, the floor for work that survives a crash."""


def test_every_stage_costs_what_its_row_says(simulation: Simulation) -> None:
    simulation.deliver(simulation.submit(system.LEAD)["requests"]["form"])
    simulation.run()
    spent = {work.rsplit("/", 1)[-1]: count for work, count in simulation.cloud.counts.by_work().items()}
    ran = [step.stage for step in system.job(simulation).steps]
    assert len(ran) == len(set(ran)), "each stage ran once"
    rows = simulation.catalogue.functions
    for name in ("receive_hubspot", *ran, "roll_up_stats"):
        cost = rows[name].cost
        found = {kind: spent[name][kind] for kind in ("reads", "writes", "tasks")}
        assert found == {"reads": cost.reads, "writes": cost.writes, "tasks": cost.tasks}, name
        assert spent[name]["deletes"] == (1 if name == "file_draft" else 0), (
            "what is published leaves the outbox"
        )
    for name in PURE:
        assert (rows[name].cost.reads, rows[name].cost.writes, rows[name].cost.tasks) == (1, 1, 1)
    counted = ("receive_hubspot", *ran, "roll_up_stats")
    total = {kind: sum(spent[n][kind] for n in counted) for kind in ("reads", "writes", "tasks")}
    print(f"one followup job: {total}")
    assert total == {"reads": 39, "writes": 24, "tasks": 9}


def test_an_empty_sweep_reads_one_entry_for_each_shard_and_one_for_dead_letters(
    simulation: Simulation,
) -> None:
    simulation.cloud.counts.reset()
    assert simulation.sweep("requeue_stuck") == 200
    spent = simulation.cloud.counts.total()
    cost = simulation.catalogue.functions["requeue_stuck"].cost
    assert (spent["reads"], spent["writes"], spent["tasks"]) == (cost.reads, cost.writes, cost.tasks)
