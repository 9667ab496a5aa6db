"""The processor's own instruction to fetch memory ahead of its use, for compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _typed(_: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
    return types.void(array, index), _generate


def _generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    first = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    address = builder.bitcast(builder.gep(first, [arguments[1]]), ir.IntType(8).as_pointer())
    number = ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")  # type: ignore[no-untyped-call]
    to_read, to_keep, values = number(0), number(3), number(1)
    builder.call(function, [address, to_read, to_keep, values])
    return context.get_dummy_value()


prefetch: Callable[..., None] = intrinsic(_typed)
"""``prefetch(array, index)`` begins to fetch ``array[index]`` without waiting; beyond the end it does nothing.

See ``llvm.prefetch`` in the LLVM Language Reference Manual.
"""
