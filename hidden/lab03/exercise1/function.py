"""The function of exercise 1, its gradient and its minimum, and the wrong gradients that several questions know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Pair = tuple[float, float]
#: A gradient, right or wrong: the pair of the derivatives at the point (x1, x2).
Gradient = Callable[[float, float], Pair]


def f(x1: float, x2: float) -> float:
    """The function of part 1 of the notebook."""
    return (x1 - 6) ** 2 + x2**2 - x1 * x2


def gradient(x1: float, x2: float) -> Pair:
    """(∂f/∂x1, ∂f/∂x2)."""
    return 2 * (x1 - 6) - x2, 2 * x2 - x1


#: Where the gradient is zero. The Hessian has the eigenvalues 1 and 3, so it is the minimum.
MINIMUM = (8.0, 4.0)


def distance(point: Sequence[float], center: Sequence[float] = MINIMUM) -> float:
    """How far apart two points are. Points far away give inf: `x * x` does, where `x**2` is an OverflowError."""
    d1, d2 = [a - b for a, b in zip(point, center)]
    return (d1 * d1 + d2 * d2) ** 0.5


def gradient_with(
    square1: float = 2, square2: float = 2, product1: float = -1, product2: float = -1, six: float = 6
) -> Gradient:
    """The gradient with other numbers in it.

    They are the factors that come from the two squares, those that come from the product x1·x2 in the derivative by
    x1 and in that by x2, and the 6.
    """
    return lambda a, b: (square1 * (a - six) + product1 * b, square2 * b + product2 * a)


def swapped(a: float, b: float) -> Pair:
    """The gradient with its entries in the wrong order."""
    d1, d2 = gradient(a, b)
    return d2, d1


def negated(a: float, b: float) -> Pair:
    """The direction of descent."""
    d1, d2 = gradient(a, b)
    return -d1, -d2


no_product = gradient_with(product1=0, product2=0)
product_added = gradient_with(product1=1, product2=1)  # as if f had + x1·x2
no_factor_2 = gradient_with(square1=1, square2=1)


def product_by_the_same(a: float, b: float) -> Pair:
    """The product x1·x2 differentiated by x1 as if that gave x1, and so for x2."""
    return 2 * (a - 6) - a, 2 * b - b
