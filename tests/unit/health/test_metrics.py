"""The metrics: their names and labels stay, series of what is gone go, and none grows without bound."""

from prometheus_client import generate_latest

from hansa_operator.adapters.health import Metrics, Result

NAMES = {
    "hansa_reconcile": ("kind", "result"),
    "hansa_reconcile_seconds": ("kind",),
    "hansa_queue_depth": (),
    "hansa_queue_oldest_seconds": (),
    "hansa_jobs": ("phase",),
    "hansa_workers": ("pool",),
    "hansa_clusters": (),
    "hansa_status_writes": ("kind",),
    "hansa_slices_sealed": (),
    "hansa_settlements": ("phase",),
    "hansa_leader": (),
}


def value(metrics, name, **labels):
    return metrics.registry.get_sample_value(name, labels)


def series(metrics, name):
    return [sample.labels for family in metrics.registry.collect() for sample in family.samples if sample.name == name]


def test_dashboards_find_the_names_and_labels_that_they_know():
    metrics = Metrics.create()
    fields = [getattr(metrics, field) for field in Metrics.__slots__ if field != "registry"]
    assert {field._name: field._labelnames for field in fields} == NAMES
    assert {family.name for family in metrics.registry.collect() if family.name.startswith("hansa_")} == set(NAMES)


def test_counters_end_in_total():
    metrics = Metrics.create()
    metrics.record_reconcile("AIJob", Result.ERROR, 0.2)
    metrics.status_writes.labels("AIJob").inc()
    metrics.slices_sealed.inc(5)
    assert value(metrics, "hansa_reconcile_total", kind="AIJob", result="error") == 1
    assert value(metrics, "hansa_reconcile_seconds_sum", kind="AIJob") == 0.2
    assert value(metrics, "hansa_status_writes_total", kind="AIJob") == 1
    assert value(metrics, "hansa_slices_sealed_total") == 5


def test_the_queue_and_the_leader_are_read_when_the_metrics_are():
    metrics = Metrics.create()
    depth, leads = [3], [True]
    metrics.watch_queue(lambda: depth[0], lambda: 2500)
    metrics.watch_leader(lambda: leads[0])
    assert value(metrics, "hansa_queue_depth") == 3
    assert value(metrics, "hansa_queue_oldest_seconds") == 2.5
    assert value(metrics, "hansa_leader") == 1
    depth[0], leads[0] = 4, False
    assert value(metrics, "hansa_queue_depth") == 4
    assert value(metrics, "hansa_leader") == 0


def test_a_phase_that_nothing_is_in_any_more_is_gone():
    metrics = Metrics.create()
    metrics.show_jobs({"Running": 2, "Queued": 1})
    metrics.show_jobs({"Succeeded": 3})
    metrics.show_settlements({"Posted": 1})
    metrics.show_settlements({})
    assert series(metrics, "hansa_jobs") == [{"phase": "Succeeded"}]
    assert series(metrics, "hansa_settlements") == []


def test_thousands_of_pools_make_a_hundred_series_and_one_for_the_rest():
    metrics = Metrics.create()
    metrics.show_workers({f"pool-{number:04d}": 2 for number in range(5000)})
    assert len(series(metrics, "hansa_workers")) == 101
    assert value(metrics, "hansa_workers", pool="other") == 2 * 4900


def test_two_operators_in_one_process_do_not_count_for_each_other():
    one, other = Metrics.create(), Metrics.create()
    one.clusters.set(1)
    assert value(other, "hansa_clusters") == 0
    assert b"python_gc" not in generate_latest(one.registry)
