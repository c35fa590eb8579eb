"""What a contract's refusal means for whoever called, and what to do about it."""

from collections.abc import Mapping
from typing import Any

from hansa_chain.abi import decode_error
from hansa_chain.errors import Reverted

_DEFECT = "This is a defect of the caller: report it with the values."
_ZERO = "Give an amount above zero."

REMEDIES: Mapping[str, str] = {
    "AddressEmptyCode": _DEFECT,
    "AlreadyFinalized": "Nothing is left to do: the part is paid.",
    "AlreadyGuaranteed": "It is {amount} wei already: raise it to more, or ask for a part with requestRevoke.",
    "AlreadyPublished": "It is version {id}: publish under a new version, versions never change.",
    "AlreadyRegistered": "Use topUp to add to the bond, or setReceiptKey to change the key.",
    "AlreadyStruck": "Nothing is left to do: the leaf is struck.",
    "AmountTooLarge": "Deposit at most what leaves the vault below {largest} wei.",
    "BondInUse": "{reserved} wei of the bond wait for open cases: end them first, or leave less.",
    "BondTooLarge": "Bond less: a bond holds at most 2^96 - 1 wei.",
    "CaseExists": "The case was opened before: look at it instead.",
    "CaseNotOpen": "Nothing is left to do: the case is over, or was never opened.",
    "ClaimExists": "An epoch is claimed once, with the latest IOU.",
    "ClaimNotOpen": "Nothing is left to do: the claim is over, or was never made.",
    "CreditNotPaid": "Finalize part {part} first: only rows that were paid count.",
    "DebitsNotRising": "Sort the rows by address, each address once: an account is charged once an epoch.",
    "ECDSAInvalidSignature": "Sign again with the key of the address that is named.",
    "ECDSAInvalidSignatureLength": "A signature has 65 bytes, not {length}: sign again.",
    "ECDSAInvalidSignatureS": "Sign with low s, as all current wallets do.",
    "ERC20InsufficientAllowance": "Approve {needed} wei of the token for {spender} first.",
    "ERC20InsufficientBalance": "{sender} has {balance} wei and needs {needed}: get tokens first.",
    "ERC20InvalidApprover": _DEFECT,
    "ERC20InvalidReceiver": "Tokens cannot go to {receiver}: give another address.",
    "ERC20InvalidSender": _DEFECT,
    "ERC20InvalidSpender": _DEFECT,
    "ERC2612ExpiredSignature": "The permit is too old: sign a new one.",
    "ERC2612InvalidSigner": "The permit is signed by {signer}, not by {owner}: sign with the owner's key.",
    "EpochAlreadyCharged": "Epoch {last} was charged already, and epochs rise: charge a later one.",
    "EpochNotChargeable": "The epoch is charged from {from} to {until} (unix seconds): charge another one.",
    "EpochNotRising": "Epoch {lastEpoch} is posted already: look at it before posting a later one.",
    "FailedCall": "One of several calls failed without a reason: send them one by one to see which.",
    "FeeTooLow": "The fee must be at least {leastFee} wei: read the fee rate from the contract and build again.",
    "ForbiddenAccount": "{account} cannot be in a row: the vault, the settlement and the treasury are no parties.",
    "ForbiddenTreasury": "Give an account that can be paid: {treasury} is a contract of the deployment.",
    "InsufficientBalance": "{account} has {balance} wei in the vault: deposit the rest, or ask for less.",
    "InsufficientBond": "{account} has {free} wei free for this, which takes {needed}: bond more, or ask for less.",
    "InsufficientCustody": _DEFECT,
    "InvalidAccountNonce": "The signature is for another nonce than {currentNonce}: sign again.",
    "InvalidName": "Use 1 to 64 bytes.",
    "InvalidPayee": "{payee} cannot be paid: give another address.",
    "InvalidShortString": _DEFECT,
    "InvalidVersion": "Use 1 to 64 bytes, such as 1.0.0.",
    "LeafNotRising": "Show leaves from index {least} on, in rising order.",
    "LengthMismatch": _DEFECT,
    "LineNotSet": "The credit line was not set: {reason_text}",
    "NoCover": "Epoch {epoch} is past, or nothing was posted: there is nothing to demand.",
    "NoDebits": "Leave out parts that charge nobody.",
    "NoFault": "The leaf is sound, or the two do not contradict each other: show one that does, or ask for the order, "
    "the receipt or the leaves of the row.",
    "NoGuarantee": "{hub} guarantees {payee} nothing that a claim could have: ask it for a guarantee, then claim.",
    "NoLeaves": "Leave out epochs without slices.",
    "NoLineInForce": "{customer} has no line for this hub in epoch {epoch}: ask for one, or leave the customer out.",
    "NoOrderSigner": "{customer} had no order signer in epoch {epoch}: the cap of the line is its protection.",
    "NoRevokePending": "{hub} asked for nothing of what it guarantees {payee}: ask with requestRevoke first.",
    "NoUnbondPending": "Ask with requestUnbond first.",
    "NoWithdrawalPending": "Ask with requestWithdrawal first, and wait for the delay.",
    "NotAChallenge": "Only the challenge contracts call this: use those.",
    "NotFixed": "Deploy at the address that {where} was made with, or deploy all of them again.",
    "NotRegistered": "{provider} must register first.",
    "NotTheCourt": "Only the court {court} decides.",
    "NotTheCustomer": "Only {customer} can send this; others relay its signature.",
    "NotTheFactory": "Only the factory that made it calls this: create contracts through that.",
    "NothingToCollect": "Nothing is left to collect of this case.",
    "NothingToPrune": "Nothing is left to remove.",
    "OrderDoesNotCover": "The order is for another hub, vault, customer, service or time than the leaf: "
    "show one that covers it, or the leaf is struck.",
    "OrderExceeded": "The order allows {maxAmount} wei and the job was charged {cumulative}: this cannot be answered.",
    "OtherIsYounger": "Strike the leaf of epoch {other} instead: of two the younger one is wrong.",
    "OtherJob": "The order gives another job id than the leaf has: show the order of this job.",
    "OtherParty": "It is {expected}'s, not {actual}'s: send from that account, or give what belongs to it.",
    "OtherReceipt": "The leaf names another receipt: show that one.",
    "PartIsNotVoid": "The part is not void: answer, or wait for the deadline.",
    "PartIsVoid": "The part is void: its customers have their money back, payees claim with their IOUs.",
    "PartNotRising": "Show the rows of parts from {least} on, in rising order, each once.",
    "PenaltiesOpen": "{penalties} wei wait for penalties and {free} are free: end the cases, and collect what is due.",
    "PlaceTaken": "The contract is at {place} already: use it, or deploy under another salt.",
    "PostTooEarly": "The epoch can be posted from {from} (unix seconds) on: wait.",
    "PostTooLate": "The epoch could be posted until {until}: it charges nobody now; its slices go into a later one.",
    "RateOutOfBounds": "Choose a rate between {least} and {most} basis points.",
    "ReceiptDoesNotCover": "The receipt is for another hub, vault, customer, job, time, amount or result than the "
    "leaf: show one that covers it, or the leaf is struck.",
    "ReceiptKeyChangePending": "The change to {next} is in force from epoch {fromEpoch}: change again after it.",
    "ReentrancyGuardReentrantCall": "A token or contract called back: do not use it here.",
    "RingFull": "Every slot is taken by an epoch that is covered still: end overdue cases with expire, lapse, "
    "voidPart, strike or payClaim, then send releaseCover.",
    "RowAlreadyFinalized": "Nothing is left to do: the row is paid.",
    "RowsNotRising": "Sort the rows by address and net each address into one row over all parts.",
    "RoyaltyTooHigh": "Choose a royalty of at most {largest} basis points.",
    "SafeCastOverflowedUintDowncast": "The value {value} is too large for the contract: split it.",
    "SafeERC20FailedOperation": "The token at {token} refused: check the balance and the allowance.",
    "StringTooLong": _DEFECT,
    "SumTooLarge": "The rows sum to more than 2^96 - 1 wei: post fewer slices.",
    "TimeTooShort": "Give {name} at least {least} seconds.",
    "TimesDiffer": "Deploy with the same {name} everywhere: {here} and {there} differ.",
    "TooEarly": "Wait until {from} (unix seconds).",
    "TooLate": "The time for this ended at {until} (unix seconds): what is open ends with strike, voidPart, expire or "
    "payClaim; what was not opened by then stays as it is.",
    "TooManyOpenEpochs": "Make epochs longer or the windows shorter: {open} would be open at once, {most} fit.",
    "TooManyRows": "Post at most {most} rows a part: split the batch into more parts.",
    "UnbondPending": "{amount} wei leave at {availableAt} already: take them out or cancel first.",
    "UnbondTooEarly": "What was asked for can be had from {availableAt} (unix seconds) on: wait.",
    "UnknownHeader": "Read the header from the Posted event again: this one was never posted, or was reorganised away.",
    "UnknownService": "No service has the id {id}: publish it first.",
    "UnknownVault": "Use a vault of this deployment: {vault} is none.",
    "WindowOpen": "The part can be finalized after {until} (unix seconds): wait.",
    "WithdrawalExceedsRequest": "Only {requested} wei were asked for: withdraw at most that.",
    "WithdrawalPending": "{amount} wei are asked for already: withdraw or cancel them first.",
    "WithdrawalTooEarly": "The withdrawal is paid from {availableAt} (unix seconds) on: wait.",
    "WrongContent": "Hand back the slice that the case was opened with.",
    "WrongCredit": "Build the proof from the part's own credit rows.",
    "WrongDebit": "Build the proof from the part's own debit rows and what was taken of them.",
    "WrongDebits": "Hand back the debit rows as posted, and what was taken of each (the vault's Debited event).",
    "WrongKind": "The case is about something else: answer it with what it asks for.",
    "WrongLeaf": "Build the proof from the part's own leaves.",
    "WrongPart": "Part {expected} is the next one: look at what is posted.",
    "WrongParts": "The epoch was begun with {expected} parts: post those.",
    "WrongProof": "Build the proof from the batch file's own credit rows.",
    "WrongRow": "The part has {count} credit rows: give an index below.",
    "WrongRows": "Hand back the credit rows that were posted, in their order.",
    "WrongSigner": "It must be signed by {expected}.",
    "ZeroAddress": "Give an address that is not zero.",
    "ZeroAmount": _ZERO,
    "ZeroBond": "Give an amount above zero, and for a guarantee a payee that is not the zero address.",
    "ZeroDigest": "Give the sha256 of what runs.",
    "ZeroPayout": "Give the address that gets the royalty.",
    "ZeroReceiptKey": "Give the address of the key that signs receipts.",
    "ZeroRow": "Leave rows of zero out: {account} has one.",
    "ZeroTreasury": "Give the treasury's address.",
    "Error": "Read the message: it comes from a contract outside this protocol.",
    "Panic": _DEFECT,
    "Unknown": "The error is none of these contracts: check that the address is the right one on this chain.",
}

REFUSED_LINES = (
    "nothing was refused.",
    "the signature was to be relayed earlier: sign a new one.",
    "the nonce is not the next one: read it and sign again.",
    "the signature is not the customer's: sign with its key, for this chain and contract.",
    "another change is waiting to come into force: wait for it.",
    "it expires before it could be in force: choose a later end.",
    "customer, settlement, hub and vault must not be zero.",
    "there is no line to close.",
)
"""What each reason of a LineNotSet error or a LineRefused event means, by its number."""


def reverted(data: bytes, message: str = "") -> Reverted:
    """Return the exception for what a call reverted with; without data the node's own `message` is shown."""
    if not data:
        return Reverted("Unknown", {"message": message or "no reason given"}, REMEDIES["Unknown"])
    name, arguments = decode_error(data)
    shown = {key: _text(value) for key, value in arguments.items()}
    remedy = REMEDIES.get(name, _DEFECT)
    if name == "LineNotSet" and "reason" in arguments:
        shown["reason_text"] = line_refusal(arguments["reason"])
    return Reverted(name, arguments, remedy.format_map(_Lenient(shown)))


def line_refusal(reason: int) -> str:
    """Return what a reason of a refused line means."""
    return REFUSED_LINES[reason] if reason < len(REFUSED_LINES) else f"reason {reason}."


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"({key})"


def _text(value: Any) -> Any:
    """Return names in bytes32 as text, other bytes as hex."""
    if not isinstance(value, bytes):
        return value
    stripped = value.rstrip(b"\0")
    return stripped.decode() if stripped.isalnum() else "0x" + value.hex()
