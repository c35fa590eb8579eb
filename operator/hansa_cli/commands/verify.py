"""`hansa verify`: hold a batch file against the chain, and show one account its bill."""

import hashlib
from pathlib import Path

from hansa_chain.errors import ChainProblem
from hansa_chain.providers import Providers
from hansa_chain.rpc import BlockStamp, Chain
from hansa_chain.services import Services
from hansa_chain.settlement import Settlement
from hansa_chain.token import Token
from hansa_chain.vault import Vault
from hansa_cli.chain_access import explain_chain
from hansa_cli.listing import print_listing
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT
from hansa_cli.verify.bill import bill_checks, bill_of
from hansa_cli.verify.check import Check
from hansa_cli.verify.claims import batch_checks
from hansa_cli.verify.facts import Registers, read_facts
from hansa_cli.verify.report import list_bill, show_checks
from hansa_jobs.wire import IouMessage, IousReply
from hansa_protocol.batch import Batch, BatchError, decode_batch
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import Address, AddressError, parse_address

GATEWAY_IOUS = "GET /v1/ious of the hub's gateway answers with it"


def verify_batch(file: Path, rpc_url: str, *, services: str | None, account: str | None, ious: Path | None) -> None:
    """Print every claim of a batch with its verdict, and an account's bill; raises Problem when one is false."""
    data = _read(file)
    batch = _decode(file, data)
    who = _address(account, "--account") if account else None
    promised = _ious(ious) if ious else ()
    try:
        chain = Chain.connect(rpc_url, chain_id=batch.chain_id)
        at = chain.stamp("latest")
        registers = _registers(chain, batch, services, at)
        facts = read_facts(registers, batch, at=at)
        token = Token(chain, registers.vault.token(at=at))
        unit = (token.symbol(at=at), token.decimals(at=at))
    except ChainProblem as problem:
        raise explain_chain(problem) from problem
    checks = list(batch_checks(batch, hashlib.sha256(data).digest(), facts, name=f"epoch {batch.epoch}"))
    _tell(batch, at)
    if who is not None:
        bill = bill_of(batch, facts, who)
        print_listing(list_bill(bill, batch, *unit))
        checks += bill_checks(bill, batch, promised)
    show_checks(checks)
    _judge(checks)


def _judge(checks: list[Check]) -> None:
    false = [check for check in checks if not check.true]
    if false:
        what = f"{len(false)} claim(s) are false, the first: {false[0].claim}: {false[0].seen}"
        raise Problem(what, "keep the file: it is the evidence for a challenge; ask the hub first if a window is open")


def _tell(batch: Batch, at: BlockStamp) -> None:
    leaves = sum(len(part.leaves) for part in batch.parts)
    OUT.print(f"epoch {batch.epoch} of hub {batch.hub}: {leaves} slices, {len(batch.receipts)} receipts", markup=False)
    OUT.print(f"settlement {batch.settlement} on chain {batch.chain_id}, read at block {at.number}", markup=False)
    OUT.print("Is that the settlement that your credit line or your bond names? Nothing here can know it for you.\n")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as failed:
        raise Problem(f"cannot read {file}: {failed.strerror}", "give the path of a batch file") from failed


def _decode(file: Path, data: bytes) -> Batch:
    if not data.startswith(b'{"format":'):
        remedy = "give a batch file of the hub: a Settlement's spec.batch names it by its digest"
        raise Problem(f"{file} is no batch file", remedy, code=ExitCode.USAGE)
    try:
        return decode_batch(data)
    except BatchError as broken:
        remedy = "take the file anew; if its digest is the one on chain, the hub posted what nobody can read"
        raise Problem(f"{file} is no sound batch: {broken}", remedy, code=ExitCode.REFUSED) from broken


def _address(text: str, option: str) -> Address:
    try:
        return parse_address(text)
    except AddressError as wrong:
        raise Problem(f"{option}: {wrong}", "give 0x and 40 hex digits", code=ExitCode.USAGE) from wrong


def _ious(file: Path) -> list[tuple[Iou, bytes]]:
    try:
        reply = IousReply.model_validate_json(_read(file))
        return [(_iou(one), bytes.fromhex(one.signature.removeprefix("0x"))) for one in reply.ious]
    except ValueError as broken:
        what = f"{file} is no list of IOUs: {broken}"
        raise Problem(what, f"{GATEWAY_IOUS}: keep that answer as it is", code=ExitCode.USAGE) from broken


def _iou(message: IouMessage) -> Iou:
    parties = (parse_address(message.hub), parse_address(message.vault))
    return Iou(*parties, message.epoch, parse_address(message.payee), message.seq, int(message.cumulative))


def _registers(chain: Chain, batch: Batch, services: str | None, at: BlockStamp) -> Registers:
    if services is None and batch.services:
        remedy = "give the address of the Services contract: --services 0x..."
        raise Problem("the batch pays royalties, and where services are registered is not known", remedy)
    settlement = Settlement(chain, batch.settlement)
    registered = _address(services, "--services") if services else batch.settlement
    providers = Providers(chain, settlement.providers(at=at))
    return Registers(settlement, Vault(chain, batch.vault), providers, Services(chain, registered))
