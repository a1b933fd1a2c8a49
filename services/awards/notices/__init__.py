"""Public notices 公示 and the clock that ends them."""
