"""The simulated bank behind the POS terminals of rural cash service points (助农取款服务点)."""
