"""What happens in the demonstration city: how hard it rains, how high the river stands, how the roads are.

A scene is told as points in time, in minutes since it began; between two points the value runs in a straight line.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

Course = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody who reports: minutes since the scene began, the service of Open311, where (degrees), the words."""

    minute: float
    service: str
    longitude: float
    latitude: float
    words: str


@dataclass(frozen=True, slots=True)
class Scene:
    """rain: mm/h that come on top. river: metres on top. slow: share of the speed that is left on flooded roads.

    flooded: codes of the traffic detectors that stand in water. silent: (minute, code) of devices that fall silent.
    Minutes before the scene began are negative: of those the devices tell what they remember.
    """

    name: str
    rain: Course = ((0.0, 0.0),)
    river: Course = ((0.0, 0.0),)
    slow: Course = ((0.0, 1.0),)
    flooded: frozenset[str] = frozenset()
    silent: tuple[tuple[float, str], ...] = ()
    citizens: tuple[Citizen, ...] = ()

    def is_silent(self, code: str, minute: float) -> bool:
        return any(code == which and minute >= since for since, which in self.silent)


def value_at(course: Sequence[tuple[float, float]], minute: float) -> float:
    """The value of a course at a minute; before its first point and after its last one it stays as there."""
    after = bisect_right(course, minute, key=lambda point: point[0])
    if after == 0:
        return course[0][1]
    if after == len(course):
        return course[-1][1]
    (from_minute, from_value), (to_minute, to_value) = course[after - 1], course[after]
    return from_value + (to_value - from_value) * (minute - from_minute) / (to_minute - from_minute)


CALM = Scene("calm")

# It has rained for some time when the scene begins: the lowest junctions stand in water already, and the gauge at Cam
# Giá has lost its power, so that rules which wait (ten minutes of slow traffic, half an hour of silence) speak soon.
# Then water in the lower parts of Gia Sàng, Túc Duyên and Cam Giá; the river passes the third warning level and falls
# again; on the roads the water stays longer than the rain.
STORM = Scene(
    "storm",
    rain=((-40.0, 0.0), (-25.0, 14.0), (0.0, 18.0), (1.0, 45.0), (2.0, 78.0), (4.0, 62.0), (6.0, 12.0), (8.0, 0.0)),
    river=((0.0, 0.0), (1.0, 0.8), (3.0, 4.4), (5.0, 5.9), (8.0, 4.2), (12.0, 1.5), (20.0, 0.0)),
    slow=((-25.0, 1.0), (-14.0, 0.12), (14.0, 0.14), (18.0, 0.8), (20.0, 1.0)),
    flooded=frozenset({"NG-04", "NG-07", "NG-08", "NG-11"}),
    silent=((-27.0, "MUA-06"),),
    citizens=(
        Citizen(
            1.4, "FLOODING", 105.8489, 21.5747, "Nước ngập ngang bánh xe máy trước cổng chợ Gia Sàng, không đi được."
        ),
        Citizen(1.7, "FLOODING", 105.8497, 21.5732, "Đường vào khu tập thể ngập khoảng 40 cm, nước đang lên."),
        Citizen(1.9, "FALLEN_TREE", 105.8441, 21.5902, "Cây xà cừ đổ chắn hết lòng đường, chưa có ai cảnh báo."),
        Citizen(2.1, "FLOODING", 105.8482, 21.5751, "Cống thoát nước tràn, nhà dân hai bên bị nước vào."),
        Citizen(2.3, "FLOODING", 105.8535, 21.5941, "Bờ sông phía Túc Duyên nước tràn lên đường bê tông."),
        Citizen(2.4, "FLOODING", 105.8501, 21.5744, "Ngã tư Gia Sàng ngập sâu, nhiều xe chết máy."),
        Citizen(2.6, "POWER", 105.8495, 21.5738, "Dây điện chùng xuống gần mặt nước, rất nguy hiểm."),
        Citizen(2.8, "FLOODING", 105.8542, 21.5934, "Nước vào sân nhà văn hóa, cần bao cát."),
        Citizen(3.0, "FLOODING", 105.8478, 21.5735, "Trường mầm non bị nước vào tầng một, đang kê đồ."),
        Citizen(3.2, "FLOODING", 105.8752, 21.5618, "Đường sắt cắt ngang khu dân cư Cam Giá ngập nước."),
        Citizen(3.4, "FLOODING", 105.8506, 21.5729, "Xe cứu thương không vào được ngõ vì ngập."),
        Citizen(3.7, "FLOODING", 105.8529, 21.5948, "Kè sông có chỗ sạt, đất trôi xuống nước."),
    ),
)

SCENES = {scene.name: scene for scene in (CALM, STORM)}
