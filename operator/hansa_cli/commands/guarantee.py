"""`hansa chain guarantee`: show what a hub guarantees a payee, guarantee more of its bond, or have it back."""

from dataclasses import dataclass
from pathlib import Path

from hansa_chain.contract import Call
from hansa_chain.errors import ChainProblem, Reverted
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender
from hansa_chain.settlement import Settlement
from hansa_chain.token import Token
from hansa_chain.vault import Vault
from hansa_cli.chain_access import explain_chain
from hansa_cli.chain_subject import Subject, choose_node
from hansa_cli.coin import Coin, read_coin
from hansa_cli.guarantee_view import tell_guarantee
from hansa_cli.private_key import read_guarded_key
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT, busy
from hansa_cli.verify.request import address_of_option
from hansa_operator.core.clock import rfc3339
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.signing import address_of
from hansa_protocol.units import AmountError, Wei, parse_amount


@dataclass(frozen=True, slots=True)
class Parties:
    """Say who guarantees whom, as it was typed; the hub's key names the hub."""

    payee: str
    hub: str | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Say what is to be sent, as it was typed, one at most: tokens in all, tokens to have back, or to collect these."""

    total: str | None = None
    back: str | None = None
    collect: bool = False

    @property
    def option(self) -> str:
        """Return the option that was given, or "" for none; raises Problem for several."""
        given = {"--amount": self.total is not None, "--revoke": self.back is not None, "--collect": self.collect}
        options = [name for name, there in given.items() if there]
        if len(options) > 1:
            what = f"{' and '.join(options)} are transactions of their own"
            raise Problem(what, "give one of them at a time", code=ExitCode.USAGE)
        return "".join(options)


@dataclass(frozen=True, slots=True)
class Place:
    """Name the settlement, and the vault that guarantees are in, with what it counts."""

    settlement: Settlement
    vault: Address
    coin: Coin


def guarantee_payee(subject: Subject, rpc_url: str | None, parties: Parties, wish: Wish) -> None:
    """Send what is wished for and print what is guaranteed then; raises Problem."""
    option, key = wish.option, read_guarded_key(parties.key_file) if parties.key_file else None
    if option and key is None:
        raise Problem(f"{option} is the hub's to send", "give its key: --key-file FILE", code=ExitCode.USAGE)
    hub, payee = _hub(parties, key), _address(parties.payee, "--payee")
    try:
        place = _open(subject, rpc_url)
        if option and key is not None:
            _send(place, payee, wish, key)
        _show(place, hub, payee)
    except ChainProblem as problem:
        raise explain_chain(problem) from problem


def _hub(parties: Parties, key: bytes | None) -> Address:
    own = address_of(key) if key else None
    named = _address(parties.hub, "--hub") if parties.hub else own
    if named is None:
        remedy = "name it: --hub 0x...; who is to send something gives its key: --key-file FILE"
        raise Problem("whose guarantee is meant is not said", remedy, code=ExitCode.USAGE)
    if own not in (None, named):
        what = f"--hub is {named}, and the key in {parties.key_file} is of {own}"
        raise Problem(what, "leave --hub out, or give that hub's key", code=ExitCode.USAGE)
    return named


def _address(text: str, option: str) -> Address:
    found = address_of_option(text, option)
    if found == ZERO_ADDRESS:
        raise Problem(f"{option} is the zero address, which is nobody's", "give an account's", code=ExitCode.USAGE)
    return found


def _open(subject: Subject, rpc_url: str | None) -> Place:
    chain = Chain.connect(choose_node(rpc_url), chain_id=subject.chain_id)
    if subject.deployment is not None:
        subject.deployment.verify(chain)
    settlements, vaults = ([place for name, place in subject.named if name == of] for of in ("Settlement", "Vault"))
    if len(settlements) != 1 or len(vaults) != 1:
        what = "a guarantee is in one vault of one settlement"
        remedy = "name both, each once: --contract Settlement=0x... --contract Vault=0x..."
        raise Problem(what, remedy, code=ExitCode.USAGE)
    settlement = Settlement(chain, settlements[0])
    if not settlement.is_vault(vaults[0], at="latest"):
        what = f"{vaults[0]} is no vault of the settlement {settlement.address}"
        raise Problem(what, "correct the addresses", code=ExitCode.USAGE)
    token = Token(chain, Vault(chain, vaults[0]).token(at="latest"))
    return Place(settlement, vaults[0], read_coin(token, at="latest"))


def _send(place: Place, payee: Address, wish: Wish, key: bytes) -> None:
    sender = Sender(place.settlement.chain, key)
    try:
        call = _call(place, payee, wish)
        with busy("waiting until a block has the transaction"):
            sent = sender.send(call)
            sender.wait_mined(sent.tx_hash)
    except Reverted as refused:
        raise _explain(refused, place, wish) from refused
    OUT.print(f"sent {sent.tx_hash}", markup=False)


def _call(place: Place, payee: Address, wish: Wish) -> Call:
    """Return the call that is wished for; without an amount it collects."""
    if wish.total is not None:
        return place.settlement.guarantee(place.vault, payee, _amount(wish.total, "--amount", place))
    if wish.back is not None:
        return place.settlement.request_revoke(place.vault, payee, _amount(wish.back, "--revoke", place))
    return place.settlement.revoke(place.vault, payee)


def _amount(text: str, option: str, place: Place) -> Wei:
    try:
        return parse_amount(text, place.coin.decimals)
    except AmountError as wrong:
        what, _, remedy = f"{option}: {wrong}".rpartition(": ")
        raise Problem(what, remedy, code=ExitCode.USAGE) from wrong


def _show(place: Place, hub: Address, payee: Address) -> None:
    at = place.settlement.chain.stamp("latest")
    given = place.settlement.guarantee_of(hub, place.vault, payee, at=at)
    free = place.settlement.free_bond(hub, place.vault, at=at)
    OUT.print(f"Hub {hub} guarantees {payee} {tell_guarantee(given, place.coin)}.", markup=False)
    OUT.print(f"Of its bond {place.coin.text(free)} are free.", markup=False)


def _explain(refused: Reverted, place: Place, wish: Wish) -> Problem:
    """Return in the token's own unit, and in the time of people, why the contract refused."""
    told, values, text = explain_chain(refused), refused.arguments, place.coin.text
    match refused.error_name:
        case "InsufficientBond" if wish.total is not None:
            what = f"it takes {text(values['needed'])}, and {text(values['free'])} of the bond are free"
            told = Problem(what, "deposit more as bond, or guarantee less", code=ExitCode.REFUSED)
        case "InsufficientBond":
            what = f"{text(values['free'])} are guaranteed, less than {text(values['needed'])}"
            told = Problem(what, "ask for that at most; what open claims have stays", code=ExitCode.REFUSED)
        case "AlreadyGuaranteed":
            what = f"{text(values['amount'])} are guaranteed already"
            told = Problem(what, "give a larger --amount, or ask for a part: --revoke", code=ExitCode.REFUSED)
        case "NoRevokePending":
            what = "nothing was asked for, so nothing can be collected"
            told = Problem(what, "ask first: --revoke AMOUNT", code=ExitCode.REFUSED)
        case "UnbondTooEarly":
            since = rfc3339(values["availableAt"] * 1000)
            what = "the payee can still claim what was asked for"
            told = Problem(what, f"collect it from {since} on", code=ExitCode.REFUSED)
    return told
