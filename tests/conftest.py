"""Settings of every test. Fixtures that tests share lie in tests/fixtures, each file a plugin."""

from pathlib import Path

from hypothesis import HealthCheck, settings

pytest_plugins = [
    f"tests.fixtures.{file.stem}" for file in sorted(Path(__file__).with_name("fixtures").glob("[!_]*.py"))
]

# Two busy cores make an example's duration say nothing; what fails is printed so that it can be run again.
settings.register_profile("hansa", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hansa")
