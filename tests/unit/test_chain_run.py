"""Protocols in compiled code: buffers, slices, pauses, outcomes and what is recorded; the compiled modules on disk."""

import math
import os

import numpy as np
import pytest
from engine_cells import all_kinds

from ceramer.errors import CeramerError, InputError, NotConvergedError
from ceramer.numerics.chain import COLUMNS, SUMMARY, TERMINAL, Chain, Face, FaceKind, Node, NodeKind, Step, Unknown
from ceramer.numerics.chain import _cache as cache
from ceramer.physics import BinaryLaws, CellModel, Ceramic, Contact, Metal, MixedConductor, Polymer, TwoPhase, _model
from ceramer.physics._transport import polymer_face

POLYMER = Polymer(
    thickness=50e-6,
    cells=6,
    conductivity=0.1,
    salt_concentration=1000.0,
    transference_number=0.2,
    salt_diffusivity=8e-12,
)
CERAMIC = Ceramic(thickness=20e-6, conductivity=0.02)
FOIL = Metal.lithium(20.0, 1e6, capacitance=0.02)


def simulation(layers=(POLYMER, CERAMIC), **more):
    values = {"negative": FOIL, "positive": FOIL, "temperature": 333.15, **more}
    options = {k: values.pop(k) for k in ("max_steps", "relative_tolerance") if k in values}
    return CellModel(layers=list(layers), **values).simulation(**options)


PROTOCOL = [
    Step("current", 0.0, 10.0, period=3.0, first_interval=0.5),
    Step("current", -8.0, 200.0, period=7.0, first_interval=0.1, voltage_above=0.045),
    Step("voltage", math.nan, 100.0, period=5.0, first_interval=1.0, current_below=7.5),
    Step("voltage", math.nan, 20.0, rate=-5e-3, period=0.0),
    Step("current", math.nan, 30.0, rate=0.1, period=math.inf),
    Step("current", 5.0, 100.0, charge=400.0, cycle=3, period=11.0),
    Step("current", -5.0, 50.0, record=False),
    Step("current", 1.0, 0.0),
    Step("current", 0.0, 60.0, period=20.0),
]


def reference():
    sim = simulation()
    return sim, sim.chain.run(PROTOCOL, [sim.chain.unknown(0, "overpotential"), sim.chain.unknown(3, "concentration")])


@pytest.mark.parametrize("buffer", [2, 3, 7, 50])
def test_the_size_of_the_buffer_changes_nothing(buffer):
    sim, whole = reference()
    again = simulation()
    probes = [sim.chain.unknown(0, "overpotential"), sim.chain.unknown(3, "concentration")]
    blocks = []
    run = again.chain.run(PROTOCOL, probes, buffer=buffer, on_rows=lambda rows: blocks.append(rows.copy()))
    np.testing.assert_array_equal(np.concatenate(blocks), whole.rows)
    np.testing.assert_array_equal(run.summary, whole.summary)
    np.testing.assert_array_equal(again.chain.y, sim.chain.y)
    assert len(run.rows) == 0
    assert max(map(len, blocks)) <= buffer


@pytest.mark.parametrize("slice_steps", [1, 2, 5])
@pytest.mark.parametrize("buffer", [2, 4096])
def test_progress_changes_nothing(slice_steps, buffer, monkeypatch):
    sim, whole = reference()
    again = simulation()
    original = again.chain._control
    monkeypatch.setattr(again.chain, "_control", lambda slots, _: original(slots, slice_steps))
    seen = []
    probes = [sim.chain.unknown(0, "overpotential"), sim.chain.unknown(3, "concentration")]
    run = again.chain.run(PROTOCOL, probes, buffer=buffer, progress=lambda *a: seen.append(a))
    np.testing.assert_array_equal(run.rows, whole.rows)
    np.testing.assert_array_equal(run.summary, whole.summary)
    assert len(seen) > 5
    times = [s[0] for s in seen]
    assert times == sorted(times)
    assert seen[-1][2:] == (len(PROTOCOL), len(PROTOCOL))


def test_pauses_change_nothing_and_show_a_consistent_state():
    sim, whole = reference()
    again = simulation()
    paused = [Step(**{f: getattr(s, f) for f in s.__dataclass_fields__} | {"pause": True}) for s in PROTOCOL]
    seen = []

    def look(step):
        residual = again.chain.residual()
        algebraic = again.chain.mass == 0.0
        impedance = again.chain.impedance([1e5, 1.0, 1e-3])
        assert (impedance.real > 0.0).all()
        seen.append((step, np.abs(residual[algebraic]).max() if step else 0.0))

    probes = [sim.chain.unknown(0, "overpotential"), sim.chain.unknown(3, "concentration")]
    run = again.chain.run(paused, probes, on_pause=look)
    np.testing.assert_array_equal(run.rows, whole.rows)
    assert [s for s, _ in seen] == list(range(len(PROTOCOL)))
    assert max(r for _, r in seen) < 1e-3


def test_a_run_goes_on_where_the_last_one_ended():
    _, whole = reference()
    sim = simulation()
    runs = [sim.chain.run([step], [2]) for step in PROTOCOL]
    np.testing.assert_allclose(runs[-1].rows[-1, :4], whole.rows[-1, :4], rtol=1e-3, atol=1e-4)
    assert runs[-1].rows[-1, 0] == pytest.approx(sum(r.summary[0, 2] for r in runs), rel=1e-12)
    assert sim.chain.time == runs[-1].rows[-1, 0]


def test_what_is_recorded():
    """Rows at the asked times and at both ends of every step; the summary agrees with the rows."""
    _, run = reference()
    rows, summary = run.rows, run.summary
    assert len(COLUMNS) + 2 == rows.shape[1]
    assert len(SUMMARY) == summary.shape[1]
    assert summary[:, 0].tolist() == [0, 1, 3, 0, 0, 4, 0, 0, 0]
    assert run.code == 0
    for k, step in enumerate(PROTOCOL):
        mine = rows[rows[:, 4] == k]
        start, duration = summary[k, 1:3]
        if not step.record:
            assert len(mine) == 0
            continue
        assert mine[0, 0] == start
        assert mine[-1, 0] == pytest.approx(start + duration, rel=1e-12)
        assert (np.diff(mine[:, 0]) > 0.0).all()
        assert (mine[:, 5] == step.cycle).all()
        assert summary[k, 5:9].tolist() == [mine[0, 1], mine[-1, 1], mine[0, 2], mine[-1, 2]]
        assert summary[k, 3] == pytest.approx(mine[-1, 3] - mine[0, 3], abs=1e-9)
    first = rows[rows[:, 4] == 0][:, 0]
    gaps = [0.5]
    while sum(gaps) < 10.0:
        gaps.append(min(3.0, gaps[-1] * 1.2))
    expected = np.cumsum([0.0, *gaps[:-1]])
    np.testing.assert_allclose(first[:-1], expected[expected < 10.0], rtol=1e-12)
    assert (rows[:, 4] == 4).sum() == 2  # infinity: the ends alone
    assert summary[5, 3] == pytest.approx(400.0, rel=1e-9)
    assert summary[:, 9:11].min() >= rows[:, 1].min() - 1e-9


def test_ramps_arrive():
    sim = simulation()
    run = sim.chain.run([Step("voltage", 0.0, 50.0, rate=-2e-3), Step("current", 0.0, 40.0, rate=-0.1)])
    assert run.summary[0, 6] == pytest.approx(-0.1, rel=1e-9)
    assert run.summary[1, 8] == pytest.approx(-4.0, rel=1e-9)


def test_energy_and_charge_are_the_integrals():
    sim = simulation(relative_tolerance=1e-8)
    run = sim.chain.run([Step("current", -3.0, 100.0, rate=0.05, period=0.0)])
    t, v, i = run.rows[:, :3].T
    assert run.summary[0, 3] == pytest.approx(-3.0 * 100 + 0.05 * 100**2 / 2, rel=1e-9)
    assert run.summary[0, 4] == pytest.approx(np.trapezoid(v * i, t), rel=2e-3)


def test_steps_that_end_before_they_begin():
    sim = simulation()
    run = sim.chain.run([Step("current", -5.0, 100.0, voltage_above=-1.0), Step("current", 0.0, 0.0)])
    assert run.summary[:, 0].tolist() == [1.0, 0.0]
    assert run.summary[:, 2].tolist() == [0.0, 0.0]
    assert simulation().chain.run([]).code == 0


def test_outcomes_without_a_way_on():
    sim = simulation(max_steps=3)
    run = sim.chain.run([Step("current", 5.0, 100.0)])
    assert run.code == -3
    assert np.isfinite(run.rows).all()
    huge = simulation([CERAMIC])
    before = huge.chain.y.copy()
    run = huge.chain.run([Step("current", math.inf, 1.0)])
    assert run.code == -1
    assert np.isfinite(huge.chain.y[:-5]).all()
    np.testing.assert_array_equal(huge.chain.y[:1], before[:1])
    with pytest.raises(NotConvergedError, match="No consistent start"):
        simulation([CERAMIC], negative=Metal.blocking(0.0), positive=Metal.blocking(0.0)).chain.settle("current", 1.0)


@pytest.mark.parametrize(
    ("layers", "more", "sentence"),
    [
        ([], {}, "has no layers"),
        ([POLYMER], {"contacts": [Contact()]}, "touch in 0 contacts, but 1 are given"),
        ([POLYMER], {"temperature": -3.0}, "must be above 0 K"),
    ],
)
def test_cells_that_cannot_be(layers, more, sentence):
    with pytest.raises(InputError, match=sentence):
        simulation(layers, **more)


def test_two_skeletons_beside_a_ceramic():
    two = TwoPhase(
        name="composite",
        thickness=1e-5,
        conductivity=0.1,
        salt_concentration=1e3,
        transference_number=0.2,
        salt_diffusivity=1e-11,
        ceramic_conductivity=0.1,
        exchange_conductance=1e8,
    )
    with pytest.raises(InputError, match="composite holds two skeletons and touches layer"):
        simulation([two, CERAMIC])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Ceramic(thickness=-1e-6, conductivity=1.0), "thickness is -1e-06; it must be above 0"),
        (lambda: Ceramic(thickness=math.nan, conductivity=1.0), "thickness is nan"),
        (lambda: Ceramic(thickness=1e-6, conductivity=0.0), "conductivity is 0; it must be above 0"),
        (lambda: Ceramic(thickness=1e-6, conductivity=1.0, cells=0), "1 cell or more"),
        (lambda: Contact(resistance=-1.0), "resistance is -1; it must be 0 or more"),
        (lambda: Metal.lithium(-1.0, 1.0), "exchange_current_density is -1"),
        (lambda: Metal.copper(1.0, nucleation_charge=0.0), "The electrode copper: nucleation_charge is 0"),
        (
            lambda: MixedConductor(
                thickness=1e-6,
                ionic_conductivity=1.0,
                electronic_conductivity=1.0,
                maximum_concentration=1.0,
                stoichiometry=1.0,
            ),
            "not between 0 and 1",
        ),
    ],
)
def test_parts_that_cannot_be(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_chains_that_cannot_be():
    node = Node(TERMINAL, (0.0,) * 5, (0.0,) * 5, (0.0, 0.0, 0.0))
    with pytest.raises(CeramerError, match="one face between each two nodes and a terminal at its end"):
        Chain([node, node], [])
    with pytest.raises(CeramerError, match="lacks initial values, masses or parameters"):
        Chain([Node(TERMINAL, (0.0,), (0.0,))], [])


# --- compiled modules -------------------------------------------------------------------------------------------------


def test_standard_cells_share_one_program():
    """Whatever layers of polymer and ceramic, and whatever numbers: one module to compile."""
    programs = {
        simulation(layers, **more).chain.program
        for layers, more in [
            ([POLYMER], {}),
            ([CERAMIC, POLYMER, CERAMIC], {}),
            ([POLYMER, POLYMER], {"negative": Metal.blocking(0.1), "positive": Metal.copper(3.0)}),
        ]
    }
    assert len(programs) == 1
    nodes, faces = _model.standard_kinds()
    wide = all_kinds()
    assert set(nodes) <= set(wide[0])
    assert set(faces) <= set(wide[1])
    assert all(len(set(kinds)) == len(kinds) for kinds in wide)


def test_laws_that_change_are_another_module():
    """The name of a module is the hash of its source: one changed number in a law is enough."""

    def source(factor):
        kinds = (tuple(_model.standard_kinds()[0]), (polymer_face(BinaryLaws(diffusivity=lambda c: factor * c)),))
        from ceramer.numerics.chain import source_of

        return source_of(*kinds)

    one, same, other = source(1e-14), source(1e-14), source(1.0000000001e-14)
    assert one == same
    assert cache.folder_of(one) == cache.folder_of(same)
    assert cache.folder_of(one) != cache.folder_of(other)


def test_a_new_module_removes_those_that_nobody_uses(tmp_path, monkeypatch):
    monkeypatch.setenv("CERAMER_CACHE_DIR", str(tmp_path))
    unused, used, foreign = (tmp_path / "engine" / name for name in ("0" * 20, "1" * 20, "notes"))
    for folder in (unused, used, foreign):
        folder.mkdir(parents=True)
        (folder / "chain.py").write_text("# old\n")
        os.utime(folder, (0.0, 0.0) if folder is not used else None)
    module = cache.load("x = 1\n")
    assert module.x == 1
    assert {p.name for p in (tmp_path / "engine").iterdir()} == {used.name, "notes", cache.folder_of("x = 1\n").name}


def test_a_law_that_is_edited_moves_the_answer(tmp_path, monkeypatch):
    """A tiny chain, compiled into an empty cache: the second law is not served by the first one's machine code."""
    monkeypatch.setenv("CERAMER_CACHE_DIR", str(tmp_path))
    point = NodeKind("point", (Unknown("potential", 1.0),), (), None)

    def answer(law):
        face = FaceKind("ohm", (0,), (0, 1), ("g",), law, ((0, 1), (None, 1)))
        node = Node(point, (0.0,), (1.0,))
        terminal = Node(TERMINAL, (0.0,) * 5, (0.0, 0.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
        chain = Chain([node, terminal], [Face(face, (2.0,))])
        return chain, chain.program

    first, program = answer(lambda p, v, i, g: (g * (p - v), 0.0 * i))
    second, edited = answer(lambda p, v, i, g: (2.0 * g * (p - v), 0.0 * i))
    y = np.array([1.0, 0.25, 0.0, 0.0, 0.0, 0.0])
    assert program is not edited
    assert first.residual(y)[0] == pytest.approx(-1.5)
    assert second.residual(y)[0] == pytest.approx(-3.0)
    folders = sorted(p.name for p in (tmp_path / "engine").iterdir())
    assert len(folders) == 2
    assert {p.module.__file__ for p in (program, edited)} == {
        str(tmp_path / "engine" / f / "chain.py") for f in folders
    }
    for folder in folders:
        assert not list((tmp_path / "engine" / folder).glob("*.tmp"))
    assert not program.compiled  # only a finished run counts
    cache.mark_compiled(program.source)
    assert program.compiled
    assert not edited.compiled
