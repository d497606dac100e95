# SPDX-License-Identifier: GPL-2.0
"""What the module promises, in ratios of ours to the stock kernel's."""

# operation, size, outer family, ours, stock, at most
PACKETS = [
    ('tx', '64', 4, 'sdwan-geneve', 'geneve', 0.80),
    ('tx', '64', 4, 'sdwan-geneve', 'geneve-l3', 0.80),
    ('tx', '64', 4, 'sdwan-gre', 'gre', 0.90),
    ('fwd', '64', 4, 'sdwan-geneve', 'mark-vxlan', 0.75),
    ('fwd', '64', 4, 'sdwan-gpe', 'mark-vxlan', 0.75),
    ('rx', '64', 4, 'sdwan-geneve', 'vxlan', 0.85),
    ('rx', '64', 4, 'sdwan-gpe', 'vxlan', 0.85),
]


def evaluate(run):
    """Yields what is compared, the ratio, and what it may be"""
    cells = run.cells()
    for op, size, family, ours, stock, most in PACKETS:
        cell = cells.get((op, size, family), {})
        if ours in cell and stock in cell:
            yield (f'{op} {size} IPv{family}: {ours} / {stock}',
                   cell[ours]['least'] / cell[stock]['least'], most, None)


def print_more(run, out, table):
    pass
