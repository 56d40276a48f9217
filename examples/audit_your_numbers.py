"""Check your own numbers before a referee does: rounding-aware, one sentence each."""

from ceramer.library import audit

report = audit(
    {
        "kind": "audit",
        "title": "my cell",
        "context": {
            "pellet": {
                "thickness": "350 um",
                "area": "1.131 cm2",
                "resistance": "55 ohm",
                "ionic_conductivity": "0.75 mS/cm",  # 350 um / (55 ohm 1.131 cm2) is 0.563
            },
            "cycling": {
                "initial_capacity": "152 mAh/g",
                "final_capacity": "123 mAh/g",
                "capacity_retention": "81 %",
            },
        },
    }
)
print(report)

wrong, right = report.alarms, [f for f in report.findings if str(f.verdict) == "agree"]
assert len(wrong) == 1
assert "0.5627 mS/cm" in wrong[0].sentence
assert any(f.context == "cycling" for f in right)
