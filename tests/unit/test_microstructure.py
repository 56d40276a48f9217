"""Composites in closed form, and media as files give them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.errors import InputError, UnknownNameError
from ceramer.materials import catalogue
from ceramer.microstructure import STRUCTURES, Composite, MediumSpec, Phase, Property, build_medium
from ceramer.provenance import validate
from ceramer.units import ELECTRONVOLT

T = 303.15
ENERGY = 1.602176634e-19


def phase(name, sigma, fraction=None, electronic=1e-9, density=1000.0, energy=0.3):
    properties = {
        "ionic_conductivity": Property(sigma, T, energy * ENERGY),
        "electronic_conductivity": Property(electronic, T),
        "density": Property(density),
    }
    if fraction is not None:
        properties["current_fraction"] = Property(fraction)
    return Phase(name, properties)


SHARES = st.floats(0.02, 0.98)
SIGMAS = st.floats(1e-4, 1e4)
TWO_PHASE = [name for name in STRUCTURES if name != "filled_pores"]


@settings(max_examples=25)
@given(SIGMAS, SIGMAS, SHARES)
def test_every_structure_lies_between_series_and_parallel(one, two, share):
    phases = ((phase("p", one), 1 - share), (phase("c", two), share))
    values = {name: Composite("x", phases, name).ionic_conductivity(T) for name in TWO_PHASE}
    slack = 1 + 1e-9
    for value in values.values():
        assert values["series"] <= value * slack
        assert value <= values["parallel"] * slack
    assert values["hashin_shtrikman_lower"] <= values["between_bounds"] * slack
    assert values["between_bounds"] <= values["hashin_shtrikman_upper"] * slack


@settings(max_examples=25)
@given(SIGMAS, SIGMAS, SHARES, st.sampled_from(TWO_PHASE), st.floats(1e-3, 1e3))
def test_mixing_is_homogeneous_and_shares_sum_to_one(one, two, share, structure, scale):
    composite = Composite("x", ((phase("p", one), 1 - share), (phase("c", two), share)), structure)
    assert composite.mix([scale * one, scale * two]) == pytest.approx(scale * composite.mix([one, two]), rel=1e-9)
    assert sum(composite.path_shares(T)) == pytest.approx(1.0, abs=1e-5)


def test_activation_energy_is_the_dissipation_weighted_mean():
    composite = Composite("x", ((phase("p", 1.0, energy=0.28), 0.6), (phase("c", 3.0, energy=0.35), 0.4)))
    step = 0.01
    up, down = (composite.ionic_conductivity(T + s) for s in (step, -step))
    import math

    apparent = 1.380649e-23 * T * T * (math.log(up) - math.log(down)) / (2 * step) / ENERGY
    shares = composite.path_shares(T)
    assert apparent == pytest.approx(shares[0] * 0.28 + shares[1] * 0.35, rel=1e-4)


def test_bruce_vincent_of_a_composite_is_the_ratio_of_two_mixtures():
    laminate = Composite("x", ((phase("p", 1.0, 0.2), 0.5), (phase("c", 3.0, 1.0), 0.5)), "parallel")
    assert laminate.current_fraction(T) == pytest.approx((0.5 * 0.2 + 0.5 * 3) / (0.5 + 1.5))
    sheets = Composite("x", laminate.phases, "series")
    assert sheets.current_fraction(T) == pytest.approx((1 / 1 + 1 / 3) / (1 / 0.2 + 1 / 3))


def test_filled_pores_uses_the_tortuosity_and_refuses_a_conducting_host():
    host, filling = phase("host", 0.0), phase("filling", 2.0, 0.3)
    assert Composite("x", ((host, 0.6), (filling, 0.4)), "filled_pores", tortuosity=2.5).ionic_conductivity(
        T
    ) == pytest.approx(2.0 * 0.4 / 2.5)
    bruggeman = Composite("x", ((host, 0.6), (filling, 0.4)), "filled_pores")
    assert bruggeman.ionic_conductivity(T) == pytest.approx(2.0 * 0.4**1.5)
    assert bruggeman.current_fraction(T) == pytest.approx(0.3)
    with pytest.raises(InputError, match="conducts"):
        Composite("x", ((filling, 0.6), (filling, 0.4)), "filled_pores").ionic_conductivity(T)


def test_interphase_adds_two_thirds_of_area_times_sheet():
    phases = ((phase("p", 1.0), 0.5), (phase("c", 1.0), 0.5))
    composite = Composite("x", phases, specific_interface_area=3e6, interphase_sheet_conductance=1e-9)
    assert composite.ionic_conductivity(T) == pytest.approx(1.0 + 2e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"phases": ((phase("p", 1.0), 0.7), (phase("c", 1.0), 0.4))}, "sum to 1.1"),
        ({"phases": ((phase("p", 1.0), 1.4), (phase("c", 1.0), -0.4))}, "negative"),
        ({"structure": "brugeman"}, "'bruggeman'"),
        ({"structure": "between_bounds", "weight": 1.5}, "between 0 and 1"),
    ],
)
def test_impossible_composites_are_refused(arguments, words):
    phases = ((phase("p", 1.0), 0.5), (phase("c", 1.0), 0.5))
    with pytest.raises(InputError, match=words):
        Composite(**{"name": "x", "phases": phases, **arguments})


def test_a_value_is_not_carried_far_without_an_activation_energy():
    bare = Phase("film", {"ionic_conductivity": Property(1.0, T)})
    assert bare.ionic_conductivity(T + 9) == 1.0
    with pytest.raises(InputError, match="activation_energy"):
        bare.ionic_conductivity(T + 40)
    assert phase("p", 1.0).ionic_conductivity(T + 40) == pytest.approx(
        pytest.approx(2.7182818 ** (0.3 / 8.617333e-5 * (1 / T - 1 / (T + 40))), rel=1e-5)
    )


class NoRecipes:
    def volume_fraction(self, recipe, component, ledger):
        return {"LATP": 0.51}[component]

    def density(self, recipe, ledger):
        return 1234.0


def build(media, name="mix"):
    specs = {key: validate(MediumSpec, value, "my.toml") for key, value in media.items()}
    return build_medium(name, specs.get, catalogue().ledger(), NoRecipes())


MATRIX = {"ionic_conductivity": {"value": "1 mS/cm", "temperature": "30 degC"}, "recipe": "film"}


def test_media_are_built_from_files():
    mix = build(
        {
            "matrix": MATRIX,
            "mix": {
                "recipe": "PCE",
                "structure": "parallel",
                "phases": [
                    {"medium": "matrix", "volume_fraction": "rest"},
                    {"medium": "LATP", "volume_fraction": "recipe"},
                ],
            },
        }
    )
    latp = catalogue()["LATP.density"].value
    assert mix.fractions == pytest.approx((0.49, 0.51))
    assert mix.density() == pytest.approx(0.49 * 1234 + 0.51 * latp)


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ({"mix": {"phases": [{"medium": "mix", "volume_fraction": 1.0}]}}, "made of itself"),
        ({"mix": {"phases": [{"medium": "LATTP", "volume_fraction": 1.0}]}}, "'LATP"),
        ({"mix": {"phases": [{"medium": "LATP", "volume_fraction": "recipe"}]}}, "no recipe is named"),
        (
            {"mix": {"phases": [{"medium": "LATP", "volume_fraction": x} for x in ("rest", "rest")]}},
            "only one phase",
        ),
        (
            {"mix": {"phases": [{"medium": "LATP", "volume_fraction": x} for x in (0.7, 0.6, "rest")]}},
            "nothing is left",
        ),
        ({"mix": {"phases": [{"medium": "LATP", "volume_fraction": x} for x in (0.7, 0.6)]}}, "sum to 1.3"),
    ],
)
def test_wrong_media_are_explained(media, words):
    with pytest.raises(InputError, match=words):
        build(media)


def test_an_unknown_structure_names_the_nearest():
    with pytest.raises((InputError, UnknownNameError), match="'bruggeman'"):
        build({"mix": {"structure": "brugeman", "phases": [{"medium": "LATP", "volume_fraction": 1.0}]}})


def test_a_temperature_that_is_no_kelvin_is_refused():
    medium = Phase("film", {"ionic_conductivity": Property(0.1, 303.15, 0.4 * ELECTRONVOLT)})
    film = Composite("film", ((medium, 1.0),))
    assert film.ionic_conductivity(303.15) == pytest.approx(0.1)
    for wrong in (30, "30 degC"):
        with pytest.raises(InputError, match=r"kelvin here.*303\.15"):
            film.ionic_conductivity(wrong)


def test_a_composite_prints_as_what_it_is_made_of():
    film = Composite("film", ((Phase("soft"), 0.7), (Phase("hard"), 0.3)), "series")
    assert repr(film) == "<Composite film: soft 70 vol%, hard 30 vol%; series>"
