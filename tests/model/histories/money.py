"""What people do with their money: deposits, withdrawals, custody that they hold for others."""

from hansa_protocol.identity import ZERO_ADDRESS
from hansa_protocol.rows import Row
from hansa_protocol.units import Wei
from tests.model.deployment import PEOPLE
from tests.model.histories.scene import CUSTOMERS, PROVIDERS, Scene

ZERO_WORD = b"\0" * 32
HOLDERS = (*CUSTOMERS, *PROVIDERS, "author", "hub", "treasury")


def deposit(scene: Scene) -> None:
    """Credit somebody with tokens."""
    payer, payee = scene.person("ada", else_anybody=0.1), scene.person(scene.one_of(CUSTOMERS))
    if scene.often(0.02):
        payee = scene.one_of((ZERO_ADDRESS, scene.place("Vault A")))
    if scene.often(0.1):
        # What such a permit allows is nothing, and the deposit goes its way as without it.
        scene.call(payer, scene.vault(), "depositWithPermit", payee, scene.tokens(), 0, 27, ZERO_WORD, ZERO_WORD)
    else:
        scene.call(payer, scene.vault(), "deposit", payee, scene.tokens())


def request_withdrawal(scene: Scene) -> None:
    """Ask for some of a balance, or a little more than there is."""
    label = scene.vault()
    balances = scene.world.vaults[scene.place(label)].balances
    rich = [who for who, amount in balances.items() if amount and who not in scene.deployment.places.values()]
    who = scene.one_of(rich) if rich and scene.often(0.9) else scene.person(scene.one_of(HOLDERS))
    balance = balances[who]
    amount = scene.one_of((balance, balance + 1, balance // 2, scene.chance.randint(0, balance), scene.amount()))
    scene.call(who, label, "requestWithdrawal", amount)


def cancel_withdrawal(scene: Scene) -> None:
    """Take a request back."""
    label = scene.vault()
    asked = [who for who, one in scene.world.vaults[scene.place(label)].requests.items() if one.amount]
    if asked or scene.often(0.1):
        scene.call(scene.one_of(asked) if asked else scene.person("ada"), label, "cancelWithdrawal")


def withdraw(scene: Scene) -> None:
    """Pay a request, sometimes too early or too much, in one go or not."""
    label = scene.vault()
    vault = scene.world.vaults[scene.place(label)]
    asked = [(who, one) for who, one in vault.requests.items() if one.amount]
    if not asked:
        if scene.often(0.1):
            scene.call(scene.person("ada"), label, "withdraw", scene.person("ada"), scene.amount())
        return
    who, request = scene.one_of(asked)
    if scene.often(0.5):
        scene.wait_until(request.available_at - scene.often(0.2))
    ready = min(request.amount, vault.balances[who])
    amount = scene.one_of((ready, ready, ready + 1, ready // 2, request.amount))
    to = scene.one_of((ZERO_ADDRESS, vault.address)) if scene.often(0.02) else scene.person("eve")
    scene.call(who, label, "withdraw", to, amount)


def deposit_custody(scene: Scene) -> None:
    """Give tokens into one's own custody."""
    scene.call(scene.person("eve"), scene.vault(), "depositCustody", scene.tokens())


def debit(scene: Scene) -> None:
    """Debit customers as whom their lines may name: for an epoch that is over, and others, some of them far away."""
    lent = [place for place in scene.world.lines.lines if place[1] == PEOPLE["eve"].address]
    if not lent and scene.often(0.7):
        return
    anybody = PEOPLE["ada"].address, PEOPLE["eve"].address, PEOPLE["hub"].address, scene.place("Vault A")
    customer, _, hub, vault = scene.one_of(lent) if lent else anybody
    label = "Vault B" if vault == scene.place("Vault B") else "Vault A"
    rows = [Row(customer, Wei(scene.amount(17, 22) % 2**96)) for _ in range(scene.chance.randint(1, 2))]
    if scene.often(0.1):
        rows.append(Row(scene.person("ben"), Wei(0)))
    over = scene.epoch - 1
    epoch = scene.one_of((over, over, over, over, over - 1, over - 9, scene.epoch, 2**32 - 1, 2**40, 2**64 - 1))
    outcome = scene.call(PEOPLE["eve"].address, label, "debit", hub, epoch, tuple(rows))
    if outcome.error is None and scene.often(0.8):
        scene.call(PEOPLE["eve"].address, label, "debit", hub, epoch - 1, tuple(rows))


def credit(scene: Scene) -> None:
    """Credit out of one's own custody, or out of what is none."""
    label = scene.vault()
    custody = scene.world.vaults[scene.place(label)].custodies[PEOPLE["eve"].address]
    if not custody and scene.often(0.7):
        return
    amounts = scene.one_of(((custody,), (custody + 1,), (custody // 2, custody // 3), ()))
    rows = [Row(scene.person(scene.one_of(CUSTOMERS)), Wei(amount % 2**96)) for amount in amounts]
    if scene.often(0.1):
        refused = ZERO_ADDRESS, scene.place(label)
        rows += [Row(scene.one_of(refused), Wei(0)) for _ in range(scene.chance.randint(1, 2))]
    scene.call(scene.person("eve", else_anybody=0.02), label, "credit", tuple(rows))
