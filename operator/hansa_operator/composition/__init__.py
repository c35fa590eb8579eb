"""Put the operator together: each part once, in the order in which they need each other, and away again."""
