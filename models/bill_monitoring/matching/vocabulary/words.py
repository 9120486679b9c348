"""Words of enterprise names: legal forms, branch forms, trades, and what tells firms apart.

A registered name is division + distinguishing name (字号) + trade + legal form (Provisions on the
Administration of Enterprise Name Registration, State Council order 734). All words here are simplified,
in the spelling that `models.bill_monitoring.names.normalise_name` gives.
"""

from __future__ import annotations

from typing import Final

LIMITED: Final = "limited"
"""有限公司 and 有限责任公司 name the same form (Company Law, art. 7)."""

JOINT_STOCK: Final = "joint stock"

LEGAL_FORMS: Final[dict[str, str]] = {
    "股份有限责任公司": JOINT_STOCK,
    "股份有限公司": JOINT_STOCK,
    "股份公司": JOINT_STOCK,
    "有限责任公司": LIMITED,
    "有限公司": LIMITED,
    "责任公司": LIMITED,
    "合伙企业(特殊普通合伙)": "partnership",
    "合伙企业(有限合伙)": "partnership",
    "合伙企业(普通合伙)": "partnership",
    "(特殊普通合伙)": "partnership",
    "(有限合伙)": "partnership",
    "(普通合伙)": "partnership",
    "合伙企业": "partnership",
    "总公司": "company",
    "公司": "company",
}
"""Endings of a name and the form they state; tried longest first."""

_BRANCH_FORMS: Final = """
分公司 支公司 分行 支行 分理处 营业部 营业所 营业厅 营业室 储蓄所 办事处 代表处 联络处 经营部 经理部
项目部 工程部 事业部 业务部 门市部 分厂 分店 分部 分社 分院 分所 分校 分中心 分支机构 服务部 销售部
直属部 指挥部 加油站 收费站
"""
BRANCH_FORMS: Final = tuple(_BRANCH_FORMS.split())
"""Endings of establishments without legal personality of their own."""

_TRADES: Final = """
科学技术 高新技术 技术开发 技术服务 技术咨询 科技发展 科技 科贸 技术 信息技术 信息科技 信息 网络科技
网络技术 网络 软件 计算机 电子商务 电子科技 电子 电气 电器 电力工程 电力设备 电力 电缆 电线 电机 电源
电池 电梯 电信 通信 通讯 智能科技 智能 数字 数据 数码 数控 自动化 仪器仪表 仪器 仪表 光电 光学 光伏
半导体 芯片 集成电路 微电子 物联网 互联网 大数据 云计算 人工智能 国际 国际贸易 对外贸易 进出口贸易
进出口 外贸 贸易 商贸 经贸 工贸 国贸 物贸 商业 商务 商城 商场 超市 百货 购物 零售 批发 连锁 实业 产业
企业管理 企业 工业 兴业 事业 发展 开发 经济 经营 集团 控股 投资管理 投资 资产管理 资产经营 资产 资本
财务 基金 融资租赁 金融租赁 租赁 担保 小额贷款 典当 保理 证券 期货 信托 保险经纪 保险代理 财产保险
人寿保险 保险 金融 农村商业银行 商业银行 村镇银行 银行 信用社 信用 咨询 顾问 策划 管理 服务 代理 中介
经纪 拍卖 评估 会计师 律师 事务所 认证 检测 检验 监理 房地产开发 房地产经纪 房地产 房产 地产 置业
物业管理 物业服务 物业 不动产 建筑工程 建筑安装 建筑装饰 建筑材料 建筑 建设工程 建设集团 建设开发 建设
城市建设 城建 建工 建材 建安 建筑劳务 劳务 人力资源 安装工程 安装 装饰装修 装饰工程 装饰 装潢 装修
园林绿化 园林景观 园林 绿化 景观 市政工程 市政 公路工程 公路 路桥 桥梁 隧道 道路 高速公路 交通工程 交通
铁路 轨道交通 轨道 水利水电 水利 水电 水务 供水 排水 自来水 供热 热力 热电 燃气 天然气 污水处理 水处理
环境工程 环境科技 环境 环保科技 环保 节能 工程机械 工程技术 工程建设 工程设计 工程 工程局 设计 勘察
勘探 测绘 规划 地质 岩土 钢结构 幕墙 门窗 防水 防腐 消防 混凝土 商品混凝土 水泥 砂石 石材 陶瓷 玻璃
耐火材料 保温材料 涂料 油漆 管业 管道 型材 木业 木材 家具 家居 厨具 卫浴 洁具 照明 灯饰 机械制造
机械设备 机械工程 机械 机电设备 机电工程 机电 机床 模具 工具 五金制品 五金 轴承 阀门 泵业 水泵 风机
锅炉 压力容器 容器 重工 重型机械 装备制造 装备 设备制造 设备 制造 铸造 锻造 热处理 金属材料 金属制品
金属 冶金 冶炼 钢铁 钢材 钢管 特钢 不锈钢 铝业 铜业 锌业 镁业 钛业 铝材 有色金属 稀土 合金 矿业 矿产
矿山 煤业 煤炭 煤矿 煤电 焦化 焦炭 能源科技 能源 新能源 石油 石化 油气 化工 化学 化纤 化肥 农药 塑料
塑胶 塑业 橡胶 橡塑 轮胎 树脂 新材料 材料科技 材料 复合材料 纤维 造纸 纸业 纸品 印刷 印务 包装材料
包装制品 包装 纺织 纺织品 针织 织造 印染 服装 服饰 制衣 鞋业 皮革 家纺 毛纺 棉业 丝绸 羽绒 工艺品 玩具
文具 体育用品 体育 汽车零部件 汽车部件 汽车配件 汽车销售服务 汽车销售 汽车服务 汽车贸易 汽车租赁 汽车
汽配 摩托车 车辆 客车 零部件 配件 部件 造船 船舶 船业 船务 航空 航天 航运 海运 农业科技 农业发展 农业
农产品 农牧 农资 农机 农林 牧业 养殖 种业 种植 林业 渔业 水产 饲料 粮油 粮食 食品 食用油 饮料 酒业 酿酒
白酒 啤酒 乳业 肉类 肉业 茶业 茶叶 糖业 盐业 烟草 餐饮管理 餐饮 酒店管理 酒店 宾馆 旅游开发 旅游 旅行社
医药科技 医药 制药 药业 生物科技 生物技术 生物医药 生物 医疗器械 医疗科技 医疗 医院 健康管理 健康 养老
保健品 化妆品 日化 美容 供应链管理 供应链 物流 货运代理 货运 运输 运业 快递 速递 仓储物流 仓储 港口
港务 码头 机场 客运 公交 物资贸易 物资 燃料 再生资源 资源 废旧 回收 循环经济 文化传媒 文化传播 文化发展
文化 传媒 传播 广告 影视 影业 出版 发行 报业 图书 教育科技 教育 培训 学校 会展 展览 展示 演艺 娱乐 游戏
动漫 体育发展 安防 保安 安全 家政 保洁 国有资产 城市投资 城投 交投 水投 旅投 农投 城镇 新区 园区 孵化器
创业投资 创业 股权投资 研究院 研究所 设计院 设计研究院 中心 合作社 专业合作社 供销 供销社 厂 总厂 商行
商店 商厦 门诊部 工作室
"""
TRADES: Final = tuple(_TRADES.split())
"""What a firm does. The part of a name before these words is its distinguishing name."""

TRADE_SYNONYMS: Final[dict[str, str]] = {
    "科学技术": "科技",
    "信息科技": "信息技术",
    "房产": "房地产",
    "国贸": "国际贸易",
    "外贸": "对外贸易",
    "纺织品": "纺织",
    "水电": "水利水电",
    "农商行": "农村商业银行",
    "农商银行": "农村商业银行",
    "汽配": "汽车配件",
}
"""Short for long, where people abbreviate a trade."""

NUMERALS: Final = "0123456789〇零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾甲乙丙丁戊"
OPPOSITES: Final = (
    "东西南北中",
    "新老旧",
    "上下",
    "大小",
    "前后",
    "内外",
    "左右",
    "春夏秋冬",
    "红黄蓝绿白黑",
    "男女",
)
"""Sets whose members tell sister firms apart: a difference within a set is never a slip of the pen."""

COMMON_IN_NAMES: Final = (
    "华信达盛恒鑫源通泰兴隆海天宏伟德利成安金宝顺丰荣昌瑞祥福禄寿喜富贵康健平和美嘉佳佰百万千亿益聚汇"
    "融众联合同创新星辰光明辉煌腾飞龙凤鹏程远航博大中国东方西南北京都市江河湖山川洋洲洪涛波浩瀚清泉润"
    "泽雨露云霞宇宙环球世纪时代未来科技工建筑正诚实诺仁义礼智忠孝友爱善良优先锋卓越超凡领精英杰俊才志"
    "立业展旭日升晨曦阳春夏秋冬梅兰竹菊松柏林森木树枫桦桂花草果农禾穗谷麦稻米粮田园绿青翠碧蓝紫红黄白"
    "玉珠石钻翡晶莹银铜铁钢锐剑盾旗帜舟帆船港湾岸岛桥路道里驰骏马骐骥麒麟狮虎豹鹰雁鹤鸿鸣翔羽翼凌霄峰"
    "巅岳岭嵩衡昆仑穆长城元亨贞乾坤易太极一二三四五六七八九十双全顶上广亚欧非凯文武斌雄豪强劲力量圆规"
    "矩君子尚品格致臻尊皇冠帝王冕御吉庆欢乐悦怡宁静雅韵律音艺术化书香墨翰学府院士识慧聪敏捷速快迅运输"
    "流畅伊蒙牛维他尔思特斯欣昕鼎晟宸昊昱煜炜烨焱淼垚磊犇承呈铭名茗振震镇政启起企奇琪琦祺齐其基集家加"
    "甲莉丽历励厉亮梁朗浪蕾雷连莲廉年念盘培沛普浦"
)
"""Characters people like to call firms by: one of them in place of another is a name, not a misreading."""
