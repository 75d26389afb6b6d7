"""Data of the benchmarks: written with fixed seeds, once, and kept."""
import itertools
import json
import math
import os
import random
import statistics
import zlib

FIRST = {"gaussian": "y", "binary": "y", "count": "y", "ordinal": "y", "time": "time,status"}
THRESHOLDS = (-1.8, -0.4, 0.7, 2.1)
# What columns beyond the first are drawn from: a normal variable in 1,000 values, as text, which is fast.
VALUES = [f"{statistics.NormalDist().inv_cdf((i + 0.5) / 1000):.3f}" for i in range(1000)]


def path_of(description, folder):
    """The file of a description; other descriptions have other files."""
    text = json.dumps(description, sort_keys=True)
    path = os.path.join(folder, f"{zlib.crc32(text.encode()):08x}.csv")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        with open(path + ".part", "w") as out:
            write(out, **description)
        os.replace(path + ".part", path)
    return path


def write(out, rows, factors, slopes=(), columns=1, response="gaussian", design="random", skew=0.0):
    """Columns y, x1, x2, ... and one for each factor. `factors` are names and numbers of levels; those of `slopes` also have a random
    slope in x1."""
    generator = random.Random(16)
    effects = {name: [effect(generator, 0.5 / (1 + k), name in slopes) for _ in range(levels)] for k, (name, levels) in enumerate(factors.items())}
    names = list(factors)
    out.write(",".join([FIRST[response]] + [f"x{j + 1}" for j in range(columns)] + names) + "\n")
    for levels in itertools.islice(DESIGNS[design](generator, list(factors.values()), rows, skew), rows):
        x = round(generator.gauss(0, 1), 4)
        others = generator.choices(VALUES, k=columns - 1)
        eta = 0.2 + 0.3 * x + 0.1 * sum(map(float, others[:3]))
        for name, level in zip(names, levels):
            intercept, slope = effects[name][level]
            eta += intercept + slope * x
        cells = [RESPONSES[response](generator, eta), str(x), *others]
        out.write(",".join(cells) + "," + ",".join(f"{name}{level}" for name, level in zip(names, levels)) + "\n")


def effect(generator, deviation, has_slope):
    intercept = generator.gauss(0, deviation)
    return intercept, 0.3 * intercept + generator.gauss(0, 0.6 * deviation) if has_slope else 0.0


# ---- which levels a row has ----


def drawn(generator, sizes, rows, skew):
    """The levels of the first factor in turn, the others at random; with a skew all at random, a level's share being rank^-skew."""
    if skew:
        weights = [list(itertools.accumulate((k + 1) ** -skew for k in range(size))) for size in sizes]
        while True:
            yield [generator.choices(range(size), cum_weights=own)[0] for size, own in zip(sizes, weights)]
    for i in range(rows):
        yield [i % sizes[0]] + [int(generator.random() * size) for size in sizes[1:]]


def full(_generator, sizes, _rows, _skew):
    """Every level of the first factor with every one of the second."""
    return itertools.product(range(sizes[0]), range(sizes[1]))


def schools(generator, sizes, rows, _skew):
    """Students and teachers in schools of ten teachers; one student in a hundred is in two schools."""
    students, teachers = sizes
    count = teachers // 10
    for i in range(rows):
        student = i % students
        school = student % count
        if student % 100 == 7 and generator.random() < 0.5:
            school = (school + 1) % count
        yield student, 10 * school + int(10 * generator.random())


def firms(generator, sizes, rows, _skew):
    """Workers in firms of very different sizes; three in a hundred move in a year, to a firm near theirs."""
    workers, count = sizes
    shares = list(itertools.accumulate((k + 1) ** -0.8 for k in range(count)))
    places = list(range(count))
    generator.shuffle(places)
    at = [generator.choices(range(count), cum_weights=shares)[0] for _ in range(workers)]
    for i in range(rows):
        worker = i % workers
        if generator.random() < 0.03:
            at[worker] = (at[worker] + generator.choice((-2, -1, 1, 2))) % count
        yield worker, places[at[worker]]


DESIGNS = {"random": drawn, "full": full, "schools": schools, "firms": firms}


# ---- its response ----


def count(generator, eta):
    """By multiplication of uniforms: means are small here."""
    number, product, least = 0, generator.random(), math.exp(-eta)
    while product > least:
        number += 1
        product *= generator.random()
    return str(number)


def ordinal(generator, eta):
    uniform = generator.random()
    latent = eta + math.log(uniform / (1 - uniform))
    return str(1 + sum(latent > threshold for threshold in THRESHOLDS))


def time(generator, eta):
    """About two events in three rows."""
    event, censored = generator.expovariate(math.exp(eta)), generator.expovariate(0.5)
    return f"{min(event, censored):.6f},{int(event <= censored)}"


RESPONSES = {
    "gaussian": lambda generator, eta: f"{eta + generator.gauss(0, 1):.6f}",
    "binary": lambda generator, eta: str(int(generator.random() < 1 / (1 + math.exp(-eta)))),
    "count": count,
    "ordinal": ordinal,
    "time": time,
}
