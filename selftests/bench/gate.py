# SPDX-License-Identifier: GPL-2.0
"""Compare ratios with those of the reference.

usage: gate.py REFERENCE MEASURED [--update]
"""
import json
import sys

import results

# What ours is measured against
STOCK = {'sdwan-geneve': 'geneve', 'sdwan-gpe': 'vxlan', 'sdwan-gre': 'gre'}
WORSE = 1.02
# Another kernel has other costs of its own
WORSE_ELSEWHERE = 1.10


def measured(run):
    if not run.of('end') or run.of('lost'):
        sys.exit('gate: the measurement is not complete')
    found = {}
    for cell, whos in run.cells().items():
        for ours, stock in STOCK.items():
            value = results.ratio(whos, ours, stock)
            if value:
                name = '/'.join(map(str, cell))
                found[f'{name} {ours}:{stock}'] = round(value, 4)
    return found


def compare(wanted, found, limit):
    worse = 0
    for name, value in found.items():
        known = wanted.get(name)
        if known is None:
            word = 'new'
        elif value > known * limit:
            word = 'WORSE'
            worse += 1
        elif value < known / limit:
            word = 'better'
        else:
            word = ''
        print(f'{name:36} {value:7.4f} {known or "":7} {word}'.rstrip())
    for name in wanted.keys() - found.keys():
        print(f'{name}: not measured')
        worse += 1
    return worse


def main():
    reference, path = sys.argv[1:3]
    run = results.Run('icount', path)
    found = measured(run)
    limit = WORSE
    if sys.argv[3:] == ['--update']:
        with open(reference, 'w', encoding='utf-8') as f:
            json.dump({'kernel': run.kernel['release'], 'ratios': found}, f, indent=1)
            f.write('\n')
        wanted = found
    else:
        with open(reference, encoding='utf-8') as f:
            known = json.load(f)
        wanted = known['ratios']
        if known['kernel'] != run.kernel['release']:
            print(f'the reference is of {known["kernel"]}, '
                  f'this is {run.kernel["release"]}')
            limit = WORSE_ELSEWHERE
    worse = compare(wanted, found, limit)
    if worse or not found:
        sys.exit(f'gate: {worse} of {len(wanted)} ratios are worse')


main()
