"""What stations of each kind offer, when they are open and how one gets in: tables to draw from."""

from __future__ import annotations

KIND_NAMES = {
    "hub": "兖新苑",
    "party_centre": "党群服务中心",
    "courier_outlet": "快递网点",
    "property_office": "小区物业",
    "driver_home": "司机之家",
    "union_post": "工会驿站",
    "hailing_post": "小哥招呼站",
    "education_base": "教育基地",
}

KINDS = tuple(KIND_NAMES)

# stations of each kind, in the order of KINDS
QUOTAS = {
    "鼓楼街道": (2, 6, 7, 7, 0, 6, 5, 1),
    "龙桥街道": (1, 5, 5, 6, 0, 4, 3, 0),
    "酒仙桥街道": (1, 5, 5, 6, 0, 3, 3, 1),
    "新兖镇": (0, 4, 4, 5, 2, 3, 2, 2),
    "颜店镇": (1, 5, 2, 0, 2, 2, 1, 1),
    "新驿镇": (0, 4, 2, 0, 2, 2, 1, 1),
    "大安镇": (0, 5, 2, 0, 1, 2, 1, 1),
    "兴隆庄街道": (0, 4, 2, 0, 1, 2, 1, 1),
    "漕河镇": (0, 4, 1, 0, 0, 1, 1, 1),
    "小孟镇": (0, 4, 1, 0, 0, 1, 0, 1),
}

# service -> how likely; a range where it is counted
SERVICES: dict[str, dict[str, float]] = {
    "hub": {"meal": 0.9, "meal_heating": 1, "water": 1, "rest": 1, "bed": 0.8, "aircon": 1, "toilet": 1, "shower": 0.8,
            "laundry": 0.5, "charging": 1, "battery_swap": 0.8, "ebike_charging": 0.8, "ebike_parking": 1,
            "repair": 0.8, "first_aid": 1, "aed": 0.8, "wifi": 1, "nursing_room": 0.6, "women_room": 0.5, "help": 1,
            "legal": 0.9, "training": 0.9, "party_checkin": 1, "parcel": 0.4},
    "party_centre": {"meal": 0.08, "meal_heating": 0.75, "water": 1, "rest": 1, "aircon": 0.8, "toilet": 0.85,
                     "charging": 0.9, "ebike_parking": 0.5, "first_aid": 0.8, "aed": 0.2, "wifi": 0.6,
                     "nursing_room": 0.25, "help": 0.9, "legal": 0.5, "training": 0.4, "party_checkin": 0.95},
    "courier_outlet": {"water": 0.95, "rest": 0.9, "meal_heating": 0.5, "charging": 0.9, "aircon": 0.5, "toilet": 0.4,
                       "ebike_charging": 0.4, "ebike_parking": 0.6, "repair": 0.3, "first_aid": 0.4, "parcel": 0.9,
                       "wifi": 0.4, "battery_swap": 0.1},
    "property_office": {"water": 0.95, "rest": 0.85, "meal_heating": 0.3, "charging": 0.7, "aircon": 0.7,
                        "toilet": 0.6, "first_aid": 0.4, "ebike_charging": 0.5, "ebike_parking": 0.5, "parcel": 0.4,
                        "help": 0.3},
    "driver_home": {"meal": 0.7, "meal_heating": 1, "water": 1, "rest": 1, "bed": 0.8, "aircon": 1, "toilet": 1,
                    "shower": 1, "laundry": 1, "charging": 1, "truck_parking": 1, "repair": 0.6, "first_aid": 1,
                    "wifi": 0.8, "legal": 0.3, "help": 0.5, "women_room": 0.3, "aed": 0.3},
    "union_post": {"meal_heating": 0.95, "water": 1, "rest": 1, "aircon": 0.95, "charging": 0.95, "toilet": 0.5,
                   "first_aid": 0.95, "wifi": 0.5, "repair": 0.3, "women_room": 0.1, "ebike_parking": 0.4, "help": 0.3},
    "hailing_post": {"water": 0.8, "rest": 0.95, "charging": 0.7, "ebike_parking": 0.8, "ebike_charging": 0.25,
                     "battery_swap": 0.4, "first_aid": 0.2, "repair": 0.3, "toilet": 0.1},
    "education_base": {"water": 0.9, "rest": 0.9, "aircon": 0.9, "toilet": 0.95, "charging": 0.6, "wifi": 0.6,
                       "training": 1, "party_checkin": 0.7, "first_aid": 0.5, "aed": 0.3, "legal": 0.3},
}  # fmt: skip

COUNTS = {
    "meal_heating": (1, 3),
    "rest": (4, 16),
    "bed": (2, 8),
    "charging": (2, 12),
    "truck_parking": (6, 60),
}
BIG_KINDS = frozenset({"hub", "driver_home"})

# OSM syntax, the words it came in
HOURS = {
    "always": ("24/7", "全天 24 小时开放"),
    "office": ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", "工作日 8:30-12:00、14:00-17:30，法定节假日休息"),
    "office_saturday": (
        "Mo-Fr 08:30-18:00; Sa 09:00-12:00; PH off",
        "周一至周五 8:30-18:00，周六 9:00-12:00，节假日休息",
    ),
    "weekdays": ("Mo-Fr 09:00-18:00", "周一至周五 9:00-18:00"),
    "early_late": ("07:30-21:30", "每天 7:30-21:30"),
    "day": ("Mo-Su 08:00-20:00", "每日 8:00-20:00"),
    "meals": ("06:30-09:30,11:00-14:00,17:00-20:30", "每天 6:30-9:30、11:00-14:00、17:00-20:30"),
    "evening": ("18:00-02:00", "晚 18:00 至次日 2:00"),
    "noon_to_night": ("10:00-01:00", "每天 10:00 至次日 1:00"),
    "weekend_night": ("Su-Th 17:00-24:00; Fr,Sa 17:00-03:00", "周日至周四 17:00-24:00，周五、周六 17:00 至次日 3:00"),
    "night": ("22:00-06:00; PH off", "每晚 22:00 至次日 6:00，节假日休息"),
    "museum": ("Tu-Su 09:00-17:00", "周二至周日 9:00-17:00，周一闭馆"),
}
WEEKDAY_HOURS = frozenset({"office", "office_saturday", "weekdays"})

UNKNOWN_HOURS_TEXTS = (
    "时间不定，请先电话联系",
    "有人就开门",
    "看情况，一般白天在",
    "早八点到晚上",
    "",
    "以门口通知为准",
)
UNKNOWN_HOURS = 13
NEVER_VERIFIED = 25

KIND_HOURS: dict[str, dict[str, int]] = {
    "hub": {"always": 1},
    "party_centre": {"office": 11, "office_saturday": 3, "weekdays": 2, "day": 3, "early_late": 1},
    "courier_outlet": {"early_late": 5, "day": 4, "meals": 1, "noon_to_night": 2, "evening": 1},
    "property_office": {"day": 4, "always": 3, "office_saturday": 3, "early_late": 2},
    "driver_home": {"always": 5, "noon_to_night": 1},
    "union_post": {"day": 4, "always": 3, "early_late": 3, "meals": 2, "weekdays": 2, "weekend_night": 1, "night": 3},
    "hailing_post": {"always": 4, "evening": 3, "noon_to_night": 2, "weekend_night": 2, "meals": 1},
    "education_base": {"museum": 3, "office": 3, "weekdays": 2},
}

ENTRIES: dict[str, dict[str, int]] = {
    "hub": {"staffed": 3, "walk_in": 2},
    "party_centre": {"staffed": 10, "walk_in": 5, "ring": 3, "app_signup": 1, "scan": 2, "unknown": 3},
    "courier_outlet": {"staffed": 6, "walk_in": 5, "ring": 1, "unknown": 1},
    "property_office": {"staffed": 6, "ring": 3, "door_code": 2, "face": 3, "scan": 1, "unknown": 2},
    "driver_home": {"walk_in": 4, "staffed": 3, "scan": 1},
    "union_post": {"walk_in": 5, "scan": 6, "door_code": 4, "app_signup": 3, "face": 1, "unknown": 3},
    "hailing_post": {"walk_in": 9, "scan": 1, "unknown": 1},
    "education_base": {"staffed": 5, "app_signup": 3, "unknown": 1},
}
