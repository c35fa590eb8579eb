"""The environment becomes settings, or one line that says which variable is wrong and what to write."""

from pathlib import Path

import pytest

from hansa_operator.adapters.logs import LogFormat, LogLevel
from hansa_operator.settings import Settings, SettingsInvalid

LEAST = {"HANSA_HUB": "lubeck", "HANSA_STORE": "/var/lib/hansa/store"}


def refusal(environ):
    with pytest.raises(SettingsInvalid) as refused:
        Settings.read(environ)
    return str(refused.value)


def test_a_hub_and_a_store_are_enough():
    assert Settings.read(LEAST) == Settings(
        kubeconfig=None,
        hub="lubeck",
        namespace="hansa-system",
        store=Path("/var/lib/hansa/store"),
        local_home=Path("/var/lib/hansa/local"),
        gateway_host="127.0.0.1",
        gateway_port=8090,
        gateway_url="http://127.0.0.1:8090",
        health_host="127.0.0.1",
        health_port=8080,
        deployment=None,
        ports_file=None,
        log_format=LogFormat.JSON,
        log_level=LogLevel.INFO,
    )


def test_every_setting_can_be_given():
    given = {
        "KUBECONFIG": "/home/ada/kubeconfig",
        "HANSA_HUB": "visby",
        "HANSA_NAMESPACE": "market",
        "HANSA_STORE": "/data/store",
        "HANSA_LOCAL_HOME": "/data/ray",
        "HANSA_GATEWAY_HOST": "0.0.0.0",
        "HANSA_GATEWAY_PORT": "443",
        "HANSA_GATEWAY_URL": "https://hub.example.com/hansa/",
        "HANSA_HEALTH_HOST": "::",
        "HANSA_HEALTH_PORT": "0",
        "HANSA_DEPLOYMENT": "/etc/hansa/deployment.json",
        "HANSA_PORTS_FILE": "/run/ports.json",
        "HANSA_LOG_FORMAT": "Console",
        "HANSA_LOG_LEVEL": "DEBUG",
    }
    assert Settings.read(given) == Settings(
        kubeconfig=Path("/home/ada/kubeconfig"),
        hub="visby",
        namespace="market",
        store=Path("/data/store"),
        local_home=Path("/data/ray"),
        gateway_host="0.0.0.0",
        gateway_port=443,
        gateway_url="https://hub.example.com/hansa",
        health_host="::",
        health_port=0,
        deployment=Path("/etc/hansa/deployment.json"),
        ports_file=Path("/run/ports.json"),
        log_format=LogFormat.CONSOLE,
        log_level=LogLevel.DEBUG,
    )


def test_an_empty_variable_counts_as_not_set():
    optional = ("KUBECONFIG", "HANSA_NAMESPACE", "HANSA_GATEWAY_PORT", "HANSA_GATEWAY_URL", "HANSA_LOG_FORMAT")
    assert Settings.read(LEAST | dict.fromkeys(optional, "")) == Settings.read(LEAST)


def test_paths_do_not_depend_on_where_the_process_goes(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = Settings.read(LEAST | {"HANSA_STORE": "store", "KUBECONFIG": "kubeconfig"})
    assert settings.store == tmp_path / "store"
    assert settings.local_home == tmp_path / "local"
    assert settings.kubeconfig == tmp_path / "kubeconfig"


@pytest.mark.parametrize(
    ("host", "url"),
    [("10.0.0.7", "http://10.0.0.7:8090"), ("::1", "http://[::1]:8090"), ("hub.local", "http://hub.local:8090")],
)
def test_the_public_url_follows_from_the_host(host, url):
    assert Settings.read(LEAST | {"HANSA_GATEWAY_HOST": host}).gateway_url == url


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_gateway_on_all_addresses_needs_a_public_url(host):
    assert "HANSA_GATEWAY_URL is not set: write the URL" in refusal(LEAST | {"HANSA_GATEWAY_HOST": host})


@pytest.mark.parametrize("variable", LEAST)
def test_what_is_required_is_asked_for(variable):
    assert refusal(LEAST | {variable: " "}).startswith(f"{variable} is not set: write ")


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("HANSA_HUB", "My Hub", "write an object's name"),
        ("HANSA_HUB", "a" * 64, "at most 63"),
        ("HANSA_NAMESPACE", "team/x", "write an object's name"),
        ("HANSA_GATEWAY_PORT", "0", "a whole number from 1 to 65535"),
        ("HANSA_GATEWAY_PORT", "65536", "a whole number from 1 to 65535"),
        ("HANSA_GATEWAY_PORT", "tcp://10.0.0.1:8090", "a whole number from 1 to 65535"),
        ("HANSA_HEALTH_PORT", "-1", "a whole number from 0 to 65535"),
        ("HANSA_HEALTH_PORT", "٣", "a whole number from 0 to 65535"),
        ("HANSA_GATEWAY_URL", "hub.example.com", "such as https://hub.example.com"),
        ("HANSA_GATEWAY_URL", "ftp://hub.example.com", "such as https://hub.example.com"),
        ("HANSA_GATEWAY_URL", "http://hub:99999", "such as https://hub.example.com"),
        ("HANSA_GATEWAY_URL", "https://hub?key=1", "such as https://hub.example.com"),
        ("HANSA_LOG_FORMAT", "xml", "write one of json, console"),
        ("HANSA_LOG_LEVEL", "loud", "write one of debug, info, warning, error"),
    ],
)
def test_a_bad_value_is_named_with_what_to_write(variable, value, remedy):
    message = refusal(LEAST | {variable: value})
    assert message.startswith(f"{variable} is {value.lower() if 'LOG' in variable else value!r}: write ")
    assert remedy in message


def test_a_store_is_a_directory(tmp_path):
    (tmp_path / "file").touch()
    assert "write the path of a directory" in refusal(LEAST | {"HANSA_STORE": str(tmp_path / "file")})


def test_credentials_in_a_url_are_refused_and_not_shown():
    message = refusal(LEAST | {"HANSA_GATEWAY_URL": "https://ada:pass@hub.example.com"})
    assert "HANSA_GATEWAY_URL" in message
    assert "pass" not in message
