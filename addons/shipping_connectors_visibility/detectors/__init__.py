from . import shipping_finding
