"""`typing.overload` for who checks types, and nothing of it at run time, where importing typing would cost 10 ms.

Linters know overloads by typing's own name, and take these for definitions made twice.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import overload as overload
else:

    def overload(form):
        return form
