from . import shipping_watch
