from a import load


class Stock:
    def take(self, n=1):
        return load(n)


Stock().take(2)
