"""Misreadings for test names, made without looking at the matcher's own tables.

Each word is a character that the factories use and the four characters of GB 2312, rare ones included, whose
drawn and blurred shapes come nearest. Less than half of the pairs are known to the matcher.
"""

from __future__ import annotations

import random
from typing import Final

from models.identifiers import USCC_ALPHABET, USCC_LENGTH, is_valid_uscc

_NEAREST_SHAPES: Final = """
业亚韭 东车布 丰羊辛牢申 义文又叉父 乾屹虼 五艽 亚业 产严 亨享亭 京束宗 仁伫 代伐 件仲忡仵忤 任仨仔仟汪
份汾玢伢傍 伟讳伸炜伴 传抟伶怜侍 佳诖洼佶疰 供洪拱珙烘 俊悛浚偻梭 保倮促佣偶 信倌佶僖倍 健楗儡缠僵
储赭赌槠偃 元兄亓光无 光元允 全至 具臭真冥其 农衣 冶治 凌凑凄陵 凤风夙凰屎 凯虱 创剖剞 利钊刮刊刹
制剃剽刺剔 刷剧剐剔劓 剑刽劓倒 力为 务势 医居匡茵届 升开廾歼 华毕 卓阜聿草奉 博搏傅溥缚 印叩 双驭奴
告吉眚自曾 和积 品晶矗 售眚軎集害 商苘裔崮齑 嘉喜赢矗熹 器嚣蔷簋罟 团困固囹图 园囿国圄圈 国圄囝圊围
圆圜圃圄国 地他垲池 坤伸呻抻埽 城域诚槭坡 塑蜚槊薹垫 墨噩量重鏖 士土上 备蚤畜畚普 大犬太人 天夭灭无
太大犬 媒煤蝶嫘嫦 子于孑干 学字半 宇字芋竽韦 宝定盅亩空 实卖奕 家冢 密帘 尊荨奠箅暮 尚苘南崮商
展屐层晨厝 属履届犀腐 山由出 岛鸟 岳岙 峰蜂烽嶂锋 嵩篙窝寓蒿 市击审 帆机钒虮帜 广疒 庆厌仄床 店庙唐
府麻庥 康廪庸唐摩 建逮婕趣煌 开升歼丌丑 强骚弧疆膪 律棣津樟德 德徨镳律穗 志忠忐忘态 怡恰饴抬诒
恒垣桓恨悝 息急怠悬恚 慧蕙惹蒽意 成戍或戌戒 房扁戾屠爵 技枝忮披按 投役授设橙 捷擅撞搪婕 政改敢敕敬
敏散敬敫敝 教敦敕救敖 文义夂攵交 斌赋 料科钭抖蚪 新断靳斩 旅族施旋旃 旭馗 昆琵鼠邑显 昌晶矗邕星
明阴啊叨 易纂舄蓦曷 星垦鼠量皇 晨震曩襄展 晶昌矗品磊 智替眢瞽碧 有奄 服胆版腹腺 未末朱来宋 末未朱宋来
术木水 机杌帆杭析 材村衬豺林 松忪桧楫枳 林材 枫榍讽横模 柏拍粕柚怕 样徉祥佯梓 桂挂桔栓佳 桥挢娇矫峤
梅悔橹侮诲 械橘檐诫檎 森淼霖棘 橡椽橹棵掾 欧歆欣歙款 正王疋芷玉 武截 气氕 水木术 江汪讧 汽忾 河沔诃珂阿
油汕浊沽泊 波彼玻坡陂 泰秦搴奉春 泽洚译怿涤 洋佯沣详徉 流潦淹渣濠 海侮悔诲潸 润涧澜谰涠 清渭滑渍滇
港湛渚淆漭 游漩璇淤溽 湖瑚湘潮澜 湾清漕澶漓 源湄渥溏瀛 照煦熙赈服 燃爆爝煽熄 物吻构牿 特峙将持恃
玉王壬正丕 环坏怀杯 珠诛球珐殊 理悝琚埋瑾 瑞惴璃璀端 生主虫牛由 电屯申圭冉 疗疔痄疰 皇直壅童璺 益盆
盛蛊盍盖盏 矿纩 碧砉磬砻智 祥样徉蛘禅 禄裸棵绿禅 福褐幅蝠裼 禾笨千 科料钭抖 租粗祖狙组 程锃埕穆裎
穗穑穰稞穆 空宝 筑筇箪 管菅营冒萱 粮稂糗锒踉 精糟糈锖睛 纪杞妃纽绍 纸细维砥柢 纺妨钫枋彷 织炽枳识缜
络烙终铬绉 绿禄缥绎绳 网两问间阊 置冒詈藿董 美荚兼英奥 翔翊栩羯 翠睾覃孽蕈 翰鞠斡朝赖 联朕肤耿跌
聚擎蕈覃鼍 股殷骰般殴 育肓宵肯筲 胶鲛肢跤胺 腾膊膻媵臆 致跤败敌数 航舫肮舷艏 舶舳舢帕粕 船艏舱舶鲐 艺乞
英芙荚茱笑 荣茉荥茱莱 药荮莼蕴 蓝篮盔茴匾 融翮颥颟舳 衡衢衙衔街 装裴袭裳襞 设没投役谩 诚诫城谑谵
诺偌谱诘谘 豪毫膏景篆 贞页贲负贡 责贵贲赉贯 货贷贯赀贺 贵责贯贲赉 贸贺赞贾赀 赁贾贯贷赞 资责贽贤贵
越趟趄超趱 路赂骼略胳 车东芈牟 轴轱釉岫舳 辉晖珲耀峄 辰居屉届展 达述透迭边 运远造遣遢 远运迈选迟
通逋遘逼遛 造追遣迤遒 道遒遣迤暹 部郜邹郡邵 酒洒湎涸涌 金佥余企会 鑫矗蠢舂纛 钢铟铜锅镝 铁铢铣铗钬
铜钢锢锔锅 铝钼稆铟锟 银钷锒锿跟 链裢琏鲢谜 销铺锖锁锱 锋镩蜂镎铼 锐税蜕铣悦 门冂闩 阀阃阈阌阍
阳限田阻陪 际除 限眼哏跟隈 院脘皖陕烷 隆隍降瞳陡 雁履膺雍厩 雅骓难雎雉 集隼臬售巢 雨南闽闹丙 零雩霎琴霏
霄臂胄霉雷 霞震霰露霾 音昔晋啬旨 顶顸预顼颈 顺顾颠颢颤 食含鲁贪眷 饮炊钦欢饫 饰怖铈钸柿 饲词祠伺恫
香番昏善秀 驰骀骢验驹 骏睃峻骥骧 鸿漓鹪 鹏鹂鸸鹇鹛 鹤鹳鹌鹊鹩 鹰膺赝廪麾 麒麟醭鳍鲱 麟麒鲭鳍鳙
"""

_SHAPES: Final = {word[0]: word[1:] for word in _NEAREST_SHAPES.split()}

_CLASSICS: Final = """
己已 未末 末未 土士 士土 日曰 天夭 大太 太大 人入 工エ 铁轶 冶治 圆园 园圆 样祥 城诚 特持 机杌 械槭
贸贺 科料 设没 金全 洋样 博搏 侯候 电申 限阻 有冇 司可 东车 业亚
"""
CLASSICS: Final = {pair[0]: pair[1] for pair in _CLASSICS.split()}
"""What readers of overdue lists have met."""

_CODES: Final = "0DQ8 17L 27 56 68G 8B3 B8 D0 G6 MN NM UV YV"
_CODE_SHAPES: Final = {group[0]: group[1:] for group in _CODES.split()}


def misread_name(name: str, pick: random.Random, *, characters: int = 1, classic: bool) -> str:
    """A name with so many characters replaced by ones of like shape."""
    table = CLASSICS if classic else _SHAPES
    places = [i for i, c in enumerate(name) if table.get(c, c) != c]
    if not places:
        table, places = _SHAPES, [i for i, c in enumerate(name) if c in _SHAPES]
    found = list(name)
    for place in pick.sample(places, min(characters, len(places))):
        found[place] = pick.choice(table[found[place]])
    return "".join(found)


def misread_code(code: str, pick: random.Random, *, characters: int = 1) -> str:
    """A code with so many characters misread, which makes it fail its check digit."""
    while True:
        found = list(code)
        for place in pick.sample(range(USCC_LENGTH), characters):
            others = _CODE_SHAPES.get(found[place]) or USCC_ALPHABET.replace(found[place], "")
            found[place] = pick.choice(others)
        misread = "".join(found)
        if misread != code and not is_valid_uscc(misread):
            return misread
