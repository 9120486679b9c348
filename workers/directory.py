"""The people of an empty house, so that a fresh installation can be tried. Replace by an import."""

from __future__ import annotations

from typing import Final

from models.people import Role, StaffMember

DEMO_STAFF: Final = (
    StaffMember("gao.ling", "高岭", (Role.MANAGER, Role.RISK), "Shanghai", "gao.ling@leasing.example"),
    StaffMember("sun.yue", "孙悦", (Role.MANAGER,), "Shanghai", "sun.yue@leasing.example", "gao.ling"),
    StaffMember("risk.desk", "风险管理部", (Role.RISK,), "Shanghai", "risk.desk@leasing.example", "gao.ling"),
    StaffMember("he.ting", "何婷", (Role.TREASURER,), "Shanghai", "he.ting@leasing.example", "gao.ling"),
    StaffMember("xu.bo", "徐博", (Role.TREASURER,), "Shanghai", "xu.bo@leasing.example", "gao.ling"),
    StaffMember("luo.dan", "罗丹", (Role.CASHIER,), "Shanghai", "luo.dan@leasing.example", "he.ting"),
    StaffMember("qian.yu", "钱宇", (Role.CASHIER,), "Suzhou", "qian.yu@leasing.example", "he.ting"),
    StaffMember("song.lin", "宋琳", (Role.ACCOUNTANT,), "Shanghai", "song.lin@leasing.example", "gao.ling"),
    StaffMember("tang.rui", "唐睿", (Role.ACCOUNTANT,), "Shanghai", "tang.rui@leasing.example", "gao.ling"),
    StaffMember("zhou.kai", "周凯", (Role.DIRECTOR,), "Shanghai", "zhou.kai@leasing.example"),
    StaffMember("fan.li", "范莉", (Role.DIRECTOR,), "Shanghai", "fan.li@leasing.example"),
    StaffMember("yu.fei", "于飞", (Role.MANAGER,), "Suzhou", "yu.fei@leasing.example", "zhou.kai"),
    StaffMember("jiang.nan", "江楠", (Role.DISBURSER,), "Shanghai", "jiang.nan@leasing.example", "gao.ling"),
    StaffMember("wei.qing", "魏青", (Role.DISBURSER,), "Shanghai", "wei.qing@leasing.example", "gao.ling"),
    StaffMember("deng.chao", "邓超", (Role.DEALER,), "", "deng.chao@huatong.example", dealer="D001"),
    StaffMember("ma.jun", "马骏", (Role.DEALER,), "", "ma.jun@jinqiao.example", dealer="D002"),
    StaffMember("ops", "运维值班", (Role.OPERATOR,), "Shanghai", "ops@leasing.example", "gao.ling"),
    StaffMember("li.wei", "李伟", (Role.OFFICER,), "Shanghai", "li.wei@leasing.example", "sun.yue"),
    StaffMember("zhang.min", "张敏", (Role.OFFICER,), "Shanghai", "zhang.min@leasing.example", "sun.yue"),
    StaffMember("wang.fang", "王芳", (Role.OFFICER,), "Suzhou", "wang.fang@leasing.example", "sun.yue"),
    StaffMember("chen.jie", "陈杰", (Role.OFFICER,), "Hangzhou", "chen.jie@leasing.example", "sun.yue"),
)
"""Managers before those they manage."""
