package main

import "strings"

// choices are the words that a slot of a template may take.
var choices = map[string]string{
	"sex":    "男 女",
	"eth":    "汉族 满族 回族 壮族 苗族 蒙古族 土家族 彝族 藏族 维吾尔族 朝鲜族",
	"deg":    "本科学历 大专学历 硕士研究生 博士 大学本科 研究生学历 中专 高中文化 大学学历 硕士学位 工商管理硕士 MBA EMBA 博士学位",
	"rank":   "高级经济师 高级工程师 会计师 注册会计师 高级会计师 经济师 工程师 律师 教授 副教授 研究员 政工师 统计师 审计师",
	"post":   "董事长 总经理 副总经理 董事 独立董事 监事 财务总监 董事会秘书 总工程师 监事会主席 党委书记 总裁 副总裁 首席执行官 财务负责人 合伙人",
	"mr":     "先生 女士 小姐 博士 教授 同志",
	"call":   "老师 同学 家长 妈妈 爸爸 奶奶 爷爷 主任 校长 医生 警官 师傅 阿姨 叔叔 姐姐 哥哥 先生 女士 小朋友 教练 院长 书记",
	"kin":    "妈妈 爸爸 奶奶 爷爷 外婆 外公 父亲 母亲 姐姐 哥哥 弟弟 妹妹 姑姑 舅舅 家长 监护人",
	"grade":  "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级 高一 高二 高三 小班 中班 大班 学前班 初一 初二",
	"class":  "1班 2班 (3)班 四班 五班 六班 （7）班 3班 实验班 向日葵班",
	"sub":    "语文 数学 英语 物理 化学 历史 钢琴 舞蹈 美术 书法 篮球 游泳 围棋 编程",
	"say":    "说 表示 认为 指出 称 强调 介绍 透露 告诉记者 回忆说 坦言 解释说 补充道 笑着说 回应 承认 否认 宣布 呼吁 建议",
	"tell":   "说 道 笑道 问道 叹道 喝道 想 心想 点点头 摇了摇头 笑了 哭了 站起来 走了过来 看了看 皱起眉头 大怒 不语 转身就走 冷笑一声",
	"role":   "饰演 扮演 主演 出演 执导 演唱 作词 作曲 编剧 翻唱 代言 加盟",
	"star":   "演员 歌手 导演 影星 歌星 主持人 模特 制片人 编剧 艺人 影帝 影后 球星 前锋 后卫 门将 中场 主帅 主教练 教练 球员 队长 选手 冠军 新秀 作家 诗人 画家 玩家 网友 分析师 策略师 经济学家 首席经济学家 基金经理 研究员 设计师 摄影师",
	"chief":  "总统 总理 首相 国务卿 外长 外交部长 国防部长 总书记 国家主席 主席 副总统 议长 总干事 秘书长 发言人 国王 女王 大使 参议员 州长 市长 财长 特使 首席执行官 总裁 教皇 候选人 反对党领袖 领导人",
	"land":   "美国 俄罗斯 英国 法国 德国 日本 韩国 以色列 巴勒斯坦 伊拉克 伊朗 印度 巴基斯坦 巴西 南非 埃及 泰国 越南 联合国 欧盟 土耳其 意大利 西班牙 加拿大 澳大利亚 阿根廷 乌克兰 波兰 荷兰 智利 古巴",
	"club":   "皇马 巴萨 曼联 湖人 火箭 国安 恒大 申花 鲁能 阿森纳 切尔西 拜仁 尤文图斯 国际米兰 AC米兰 利物浦 公牛 小牛 热火 中国队 国家队",
	"game":   "游戏 比赛 小说 电影 电视剧 专辑 新片 赛季 剧集 故事",
	"trade":  "科技 药业 电子 实业 投资 置业 生物科技 新材料 股份 控股 建材 纺织 传媒 汽车 信息 机械 食品 化工 能源 电器 证券 医药 网络 贸易 教育 钢铁 光电",
	"food":   "黄焖鸡 麻辣烫 牛蛙 青笋 莴笋 腔骨 培根 曲奇 王老吉 加多宝 奶茶 可乐 汤品 汤底 石锅拌饭 宫保鸡丁 鱼香肉丝 麦香鸡 肯德基 麦当劳 必胜客 吉野家 康师傅 安慕希 蒙牛 伊利 小笼包 小龙虾 老干妈 白米饭 金针菇 娃娃菜 海带丝 红烧肉 梅菜扣肉 水煮鱼 酸菜鱼 烤鸭 卤肉饭 鸡排 黑椒牛柳 包子 米线 凉皮 凉面 土豆粉 花甲 生蚝 麻团 豆浆 油条 方便面 米饭 粥 沙拉 寿司 披萨 意面 布丁 慕斯 提拉米苏 蛋挞 马卡龙 芝士 抹茶 拿铁 卡布奇诺 摩卡 柠檬茶 双皮奶 龟苓膏 冰粉 凉虾 红豆沙 元宝虾 大虾 扇贝 鲍鱼 牛肉面 兰州拉面 沙县小吃 热干面 过桥米线 肉夹馍 胡辣汤 关东煮 章鱼丸 鸭脖 鸭血 毛血旺 老妈蹄花 夫妻肺片 麻婆豆腐 东坡肉 叫花鸡 口水鸡 白切鸡 盐焗鸡 大盘鸡 孜然羊肉 羊蝎子 毛肚 黄喉 青菜 白菜 芹菜 香菜 花菜 韭菜 苏打水 雪碧 芬达 美年达 脉动 红牛 元气森林 农夫山泉",
	"taste":  "辣 咸 淡 甜 酸 苦 油 硬 软 冷 凉 慢 快 及时 新鲜 干净 美味 一般 好吃 难吃 满意",
	"laugh":  "哈哈 哈哈哈 哈哈哈哈 呵呵 嘻嘻 嘿嘿 赞 赞赞 赞赞赞 大赞 特别赞 谢谢 谢谢啦 多谢 辛苦了 么么哒 亲 好好好 棒棒哒 加油 给力 艾玛 妈呀 天哪 啦啦啦 嗯嗯 啊啊 哎呀 文艺范 小清新 满星 好评",
	"boss":   "师傅 老师 主任 经理 老板 医生 护士 阿姨 大哥 大姐 校长 教练 同学 总 哥 姐 叔叔 队长 处长 局长 书记",
	"season": "大雪天 大雨天 大热天 大冷天 下雨天 冷天 夏天 冬天 周末 中午 晚上 万圣节 平安夜",
	"sep":    "， 、 ； 。 和 与 ！ ",
	"greet":  "您好 你好 早上好 各位家长好 大家好 老师好 在吗",
	"ask":    "请假 迟到 发烧了 没来上课 忘带作业 拿错书包 身体不舒服 今天不来了 作业没交 明天请一天假",
	"won":    "获得一等奖 被评为三好学生 表现优秀 取得第一名 荣获优秀奖 进步很大 当选班长 成绩突出",
}

// templates are sentences of our own for what papers, schools, chats, records and
// stories say around names.
var templates = strings.Split(strings.TrimSpace(`
{n}，{sex}，{eth}，{y}年{m}月出生，{deg}。
{n}，{sex}，中国国籍，无境外永久居留权，{y}年出生，{deg}，{rank}。
{n}：{sex}，{y}年{m}月生，{deg}，{rank}。
{n}先生：中国国籍，{y}年出生，{deg}。
{n}女士，{y}年{m}月出生，{deg}，现任公司{post}。
{n}先生，{deg}，{rank}。
{n} {sex} {y}年{m}月 {eth} {deg}
{n}{mr}现任本公司{post}。
{n}{mr}于{y}年加入本集团，历任{post}、{post}。
{s}先生于{y}年{m}月至{y}年{m}月任{o}{post}。
{s}先生毕业于{o}，持有{deg}。
{s}女士现为{o}{post}。
{s}先生自{y}年起任{post}，并兼任{o}{post}。
{s}先生曾任{o}{post}。
{s}女士拥有{0}年从业经验。
{n}董事因工作原因未能出席，委托{n}董事代为表决。
{y}年{m}月起{n}任{o}{post}。
公司{post}{n}，主管会计工作负责人{n}及会计机构负责人{n}声明。
聘任{n}为公司{post}，聘任{n}为{post}。
法定代表人：{n}
法定代表人{n}，该公司{post}。
委托代理人{n}，{o}律师。
原告{n}，{sex}，{eth}，{y}年{m}月{0}日出生，住{p}。
被告人{n}犯盗窃罪，判处有期徒刑。
被告{n}于{y}年{m}月向原告{n}借款。
上诉人{n}与被上诉人{n}合同纠纷一案。
审判长{n}，审判员{n}、{n}，书记员{n}。
{y}年，{n}出生于{p}。
{n}（{y}年—{y}年），{p}人，{rank}。
{n}({y}-{y})，字{g}，{p}人。
{n}生于{p}，是{land}著名的{t}。
本报{p}{m}月{0}日电　记者{n}报道：{ww}
新华社{p}{m}月{0}日电（记者{n}）{ww}
新华社{p}{m}月{0}日电（记者 {n}、{n}）{ww}
新华社{p}电 （记者{n} 通讯员{n}）{ww}
（{n}）
（记者{n}摄）
{n}摄
本报记者{n}
本报记者 {n} 实习生 {n}
文/{n}
图/{n}
责任编辑：{n}
编辑{n} 校对{n}
作者：{n}
记者{n}从{o}获悉，{ww}
{o}{t}{n}{say}，{ww}
{o}{t}{n}{v}{ww}
{p}{t}{n}在会上{say}，{ww}
{t}{n}、{n}、{n}出席了会议。
{t}{n}{v}了{o}{t}{n}一行。
{n}、{n}、{n}、{n}等领导同志参加了{w}。
出席会议的还有{n}、{n}、{n}。
会议由{t}{n}主持。
{n}同志{v}{ww}
{n}同志在讲话中{say}，{ww}
以{n}为首的{ww}
在{n}的领导下，{ww}
{n}任{o}{t}，免去{n}的{t}职务。
任命{n}为{o}{t}。
{t}{n}和{t}{n}分别{v}{ww}
{n}今天{v}{ww}
{n}昨天在{p}{v}{ww}
{n}还{say}，{ww}
{n}{say}：“{ww}。”
“{ww}，”{n}{say}。
“{ww}。”{t}{n}{say}。
据{n}介绍，{ww}
对{n}来说，{ww}
{n}是{o}的{t}。
{n}的{w}{ww}
{n}与{n}的{w}{ww}
{n}和{n}{v}{ww}
从{n}到{n}，{ww}
由{n}、{n}共同{v}的{ww}
被{n}{v}的{ww}
村民{n}家里{ww}
农民{n}种了{0}亩地。
{0}岁的{n}是{p}人，{ww}
今年{0}岁的{n}{v}{ww}
居民{n}反映，{ww}
市民{n}（化名）{say}，{ww}
受害人{n}某报警称，{ww}
犯罪嫌疑人{n}被{p}警方抓获。
{land}{chief}{f}{v}{ww}
{land}{chief}{f}{say}，{ww}
{land}{chief}{f}今天{v}{ww}
{land}{chief}{f}和{land}{chief}{f}举行会谈。
{chief}{f}在{p}会见了{n}。
{chief}{n}会见了{land}{chief}{f}。
{land}前{chief}{f}{ww}
应{chief}{n}的邀请，{land}{chief}{f}将于{m}月{0}日访华。
{f}{say}，{ww}
{f}是{land}人。
{f}的{w}{ww}
{f}与{f}{v}{ww}
据路透社报道，{f}{v}{ww}
{land}{star}{f}{v}{ww}
{land}选手{f}以{0}比{0}战胜{land}选手{f}。
{club}{star}{f}{v}{ww}
{club}主帅{f}赛后{say}，{ww}
第{0}分钟，{f}传球，{f}头球破门。
第{0}分钟，{n}接{n}传球射门得分。
{club}：{f}、{f}、{n}、{f}
{n}以{0}比{0}击败{f}，晋级决赛。
{star}{n}{role}{w}。
由{n}{role}，{n}、{n}主演的{game}《{w}{w}》上映。
{star}{a}在微博上{say}，{ww}
{a}{role}的{w}{ww}
{game}中，{a}{v}{ww}
著名{star}{a}{v}{ww}
{a}新{game}曝光
{a}：{ww}
{a}与{a}分手
{a}称{ww}
组图：{a}现身{p}
{o}{star}{a}认为，{ww}
{o}{star}{n}表示，{ww}
{o}{post}{n}{say}，{ww}
{n}表示，{ww}
{n}指出，{ww}
主演：{a}、{a}、{a}
导演：{a} 主演：{a} {a} {a}
嘉宾：{n}
主持人：{n}
{n}：大家好！
{n}{tell}：“{ww}？”
{n}{tell}。
{n}听了，{ww}
只见{n}{tell}，{ww}
{n}看着{n}，{tell}。
{n}对{n}说：“{ww}。”
“{n}，你{ww}！”
“{ww}，{n}！”
那{n}{tell}，{ww}
{n}又{tell}：“{ww}。”
却说{n}{ww}
{pet}{tell}：“{ww}。”
{pet}{ww}
{grade}{class}{n}同学{won}。
{grade}{class}{n}、{n}、{n}{won}。
{class}的{n}{ask}。
{n}同学{won}，{n}同学{won}。
请{n}的家长放学后到校。
请{n}{kin}尽快联系班主任。
{n}的{kin}{greet}！
{n}{kin}{greet}，{n}{ask}。
{n}{call}：{greet}！
{n}{call}{greet}，我是{n}的{kin}。
我是{n}的{kin}，{n}{ask}。
老师，{n}今天{ask}。
{n}今天{ask}，跟您说一声。
今天{n}{ask}了吗？
收到，{n}{kin}。
@{n} {ww}
@{n}: {ww}
//@{n}:{ww}
回复@{n}：{ww}
{n}，{greet}
{greet}，我叫{n}。
我叫{n}，今年{0}岁。
我的名字叫{n}。
他叫{n}，{ww}
她叫{n}，是{o}的{t}。
一个叫{n}的{w}{ww}
名叫{n}的{w}{ww}
本人{n}，身份证号{ww}
本人{n}（身份证号）自愿参加。
学生{n}，{sex}，{y}年{m}月生，就读于{o}。
兹有我校学生{n}，{ww}
兹证明{n}同志系我单位职工。
班主任：{n}　副班主任：{n}
班主任{n}老师{ww}
{sub}老师{n}{ww}
{sub}组：{n}、{n}、{n}
校长{n}、副校长{n}{v}{ww}
{n}校长{say}，{ww}
{n}主任{v}{ww}
{n}老师的{sub}课{ww}
任课教师：{n}
一等奖：{n}、{n}　二等奖：{n}、{n}
获奖名单：{n} {n} {n} {n} {n}
值日生：{n}、{n}
第{0}组：{n}、{n}、{n}、{n}
缺勤：{n}
接送人：{n}，电话{tel}
{n} {tel}
{n}，{tel}
{n}（{tel}）
联系人{n}，电话{tel}。
联系{n}：{tel}
收件人：{n}，{tel}
{n}收
{n}(收) {tel}
{0}、{n}
{0}.{n}
{0} {n} {sex}
{0}	{n}	{sex}	{grade}
{n}	{sex}	{0}
{0},{n},{sex},{grade},{tel}
{n},{sex},{y}-{m}-{0}
{n}|{sex}|{grade}{class}
监护人{n}与学生{n}系父子关系。
家庭成员：父亲{n}，母亲{n}。
父亲：{n}；母亲：{n}
其{kin}{n}{ww}
其妻{n}，其子{n}{ww}
妻子{n}是{t}。
{n}夫妇{ww}
{n}一家{ww}
{n}兄弟{ww}
患者{n}，{sex}，{0}岁，因{ww}入院。
患儿{n}，{sex}，{0}岁。
主治医师{n}查房。
{n}医生{say}，{ww}
申请人：{n}　审批人：{n}
经办人{n}
签名：{n}　{y}年{m}月{0}日
此致　敬礼　{n}
`), "\n")

// neutral are sentences of our own without any name, about what is taken for one.
var neutral = strings.Split(strings.TrimSpace(`
{X}先生来了没有？
小哥送餐很快，{ww}
配送小哥辛苦了，{ww}
谢谢小哥！
小伙子人很好，{ww}
老板人很好，{ww}
老师好，请问{ww}
小朋友们{ww}
小学生{ww}
老大爷{ww}
大家好，{ww}
高中{grade}{ww}
高年级{ww}
安全第一，{ww}
万一下雨，{ww}
哈哈哈，{ww}
哈哈，太好了
嗯嗯，{ww}
啊啊啊，{ww}
{p}到{p}的{w}{ww}
{p}、{p}、{p}等地{ww}
{land}、{land}和{land}{ww}
{o}、{o}{ww}
在{p}{ww}
{ww}{p}{ww}
{ww}{o}{ww}
{ww}
{ww}，{ww}
{ww}，{ww}。
{t}{v}{ww}
{t}、{t}和{t}{ww}
姓名 性别 年级 班级 电话
姓名,性别,出生日期,联系电话
姓名：　　　性别：
家长签名：　　　　
联系人：　　　　电话：
请家长填写姓名和电话。
{brand}{trade}股份有限公司{ww}
{brand}{trade}有限公司{post}
{p}{brand}{trade}集团{ww}
历任{p}{brand}{trade}股份有限公司{post}
曾任{brand}律师事务所律师
现任{brand}会计师事务所合伙人
任{brand}{trade}{post}
至今任{brand}{trade}有限公司{post}
至今任{p}{brand}{trade}{post}
加入{brand}，历任{post}
起任{brand}股份{post}
在{brand}{trade}工作
{brand}的股价{ww}
{brand}牌{w}{ww}
购买了{brand}{w}
{brand}小学{ww}
{brand}中学{ww}
{p}{brand}路{ww}
{brand}大厦{ww}
{brand}杯比赛{ww}
{food}很好吃
{food}不错，{food}一般
就是{food}有点{taste}
{food}太{taste}了，{food}还可以
点了{food}和{food}，{ww}
送的{food}{ww}
{brand}家的{food}{ww}
{food}味道很好，{ww}
推荐{food}，{ww}
喝了{food}，{taste}
没有{food}了吗
态度好，{food}也{taste}
{laugh}，{ww}
{ww}，{laugh}
{laugh}！
送餐很{taste}，{laugh}
{dict}很好
{dict}真不错
{dict}和{dict}{ww}
这个{dict}{ww}
买了{dict}，{ww}
{dict}、{dict}、{dict}
{ww}{dict}{ww}
{dict}
给{dict}点赞
关于{dict}的{dict}
{X}{boss}很认真，{ww}
{X}{boss}来了
谢谢{X}{boss}
{season}的时候{ww}
{season}送到，{ww}
学生姓名：
监护人姓名及联系方式
{sub}、{sub}、{sub}
{sub}考试{0}分
`), "\n")
