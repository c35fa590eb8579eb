"""Who takes part in a development environment: two customers, two providers of different price, one publisher."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """Describe a customer: its namespace, what it deposits, and the most that it lets the hub take in an epoch."""

    namespace: str
    deposit: str
    cap_per_epoch: str


@dataclass(frozen=True, slots=True)
class Merchant:
    """Describe a provider: logical GPUs on this machine at a price in tokens per GPU-hour, backed by a bond."""

    name: str
    gpu_model: str
    gpus: int
    unit_price: str
    bond: str


@dataclass(frozen=True, slots=True)
class Product:
    """Describe what the publisher offers: an AIService with a royalty, made of an example's files."""

    name: str
    version: str
    example: str
    entrypoint: tuple[str, ...]
    royalty_bps: int


@dataclass(frozen=True, slots=True)
class Cast:
    """Describe everybody; amounts are in tokens."""

    hub: str
    pool: str
    hub_bond: str
    wallet: str
    customers: tuple[Customer, ...]
    providers: tuple[Merchant, ...]
    product: Product

    @property
    def roles(self) -> tuple[str, ...]:
        """Return everybody who owns a key; `receipt-NAME` is the hot key of provider NAME's agent."""
        customers = tuple(f"customer-{customer.namespace}" for customer in self.customers)
        providers = tuple(f"provider-{provider.name}" for provider in self.providers)
        agents = tuple(f"receipt-{provider.name}" for provider in self.providers)
        return ("deployer", "treasury", "hub", "publisher", *customers, *providers, *agents)


DEMO = Cast(
    hub="hansa",
    pool="demo",
    hub_bond="500",
    wallet="1000",
    customers=(
        Customer("lab-riga", deposit="100", cap_per_epoch="20"),
        Customer("lab-visby", deposit="60", cap_per_epoch="20"),
    ),
    providers=(
        Merchant("lubeck", gpu_model="logical-a", gpus=2, unit_price="1.80", bond="200"),
        Merchant("bergen", gpu_model="logical-b", gpus=2, unit_price="2.40", bond="200"),
    ),
    product=Product("digits-trainer", "1.0.0", "digits", ("python", "train.py"), royalty_bps=500),
)
