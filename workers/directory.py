"""The people of an empty house, so that a fresh installation can be tried. Replace by an import."""

from __future__ import annotations

from typing import Final

from models.people import Role, StaffMember

DEMO_STAFF: Final = (
    StaffMember("gao.ling", "高岭", (Role.MANAGER, Role.RISK), "Shanghai", "gao.ling@leasing.example"),
    StaffMember("sun.yue", "孙悦", (Role.MANAGER,), "Shanghai", "sun.yue@leasing.example", "gao.ling"),
    StaffMember("risk.desk", "风险管理部", (Role.RISK,), "Shanghai", "risk.desk@leasing.example", "gao.ling"),
    StaffMember("ops", "运维值班", (Role.OPERATOR,), "Shanghai", "ops@leasing.example", "gao.ling"),
    StaffMember("li.wei", "李伟", (Role.OFFICER,), "Shanghai", "li.wei@leasing.example", "sun.yue"),
    StaffMember("zhang.min", "张敏", (Role.OFFICER,), "Shanghai", "zhang.min@leasing.example", "sun.yue"),
    StaffMember("wang.fang", "王芳", (Role.OFFICER,), "Suzhou", "wang.fang@leasing.example", "sun.yue"),
    StaffMember("chen.jie", "陈杰", (Role.OFFICER,), "Hangzhou", "chen.jie@leasing.example", "sun.yue"),
)
"""Managers before those they manage."""
