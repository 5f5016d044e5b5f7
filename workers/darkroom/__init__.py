"""The darkroom: photographs are decoded in child processes that hold no secret, no file and no socket.

Kept empty of imports: the child loads this package too and should stay small. Callers use `workers.darkroom.pool`.
"""
