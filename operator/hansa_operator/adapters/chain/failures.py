"""What goes wrong on the chain's side, as the operator's port names it: passing, or refused for good."""

from collections.abc import Iterator
from contextlib import contextmanager

from hansa_chain import errors
from hansa_operator.ports.chain import ChainRefused, ChainUnreachable


@contextmanager
def explained() -> Iterator[None]:
    """Turn every ChainProblem into ChainUnreachable or ChainRefused; its message stays."""
    try:
        yield
    except errors.ChainProblem as problem:
        # Without the cause: a client's exception quotes the whole URL, and nodes' keys stand in its path.
        raise explain(problem) from None


def explain(problem: errors.ChainProblem) -> ChainUnreachable | ChainRefused:
    """Return the port's exception for a problem; what is not known to be for good passes."""
    match problem:
        case errors.Reverted():
            return ChainRefused(problem.error_name, str(problem))
        case errors.InsufficientGasMoney():
            return ChainRefused("InsufficientGas", str(problem))
        case errors.NoUrl():
            return ChainRefused("InvalidURL", str(problem))
        case errors.WrongChain():
            return ChainRefused("WrongChain", str(problem))
        case errors.DeploymentInvalid():
            return ChainRefused("CodeMissing", str(problem))
        case _:
            return ChainUnreachable(str(problem))
