package io.evenkeel.hub.tune.trial;

import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Refusal;
import java.util.List;

/// What a server says against a change, in the reader's language.
public final class RefusalWords {
  private static final String READ = "read";

  private RefusalWords() {}

  /// Both languages of a sentence; one that is not known is English in both.
  public static Text of(String sentence) {
    return Text.of(sentence, chinese(sentence));
  }

  private static String chinese(String sentence) {
    return Refusal.read(sentence)
        .map(said -> chinese(said.refusal(), said.values()))
        .orElse(sentence);
  }

  private static String verb(String english) {
    return english.equals(READ) ? "读取" : "写入";
  }

  private static String chinese(Refusal refusal, List<String> v) {
    return switch (refusal) {
      case POLICY_OBSERVES -> "该服务器的策略只允许观察";
      case POLICY_OBSERVES_AS -> "该服务器的策略只允许观察：" + chinese(v.get(0));
      case POLICY_FORBIDS -> "该服务器的策略不允许 " + v.get(0);
      case POLICY_WANTS_APPROVAL -> "该服务器的策略要求 " + v.get(0) + " 须经人工批准";
      case POLICY_NAMES_NO_SUCH_AS ->
          "该服务器的策略中没有名为 " + v.get(1) + " 的 " + v.get(0) + " 服务：" + chinese(v.get(2));
      case POLICY_NAMES_NO_SUCH -> "该服务器的策略中没有名为 " + v.get(1) + " 的 " + v.get(0) + " 服务";
      case POLICY_NAMES_NO -> "该服务器的策略中没有服务 " + v.get(0);
      case POLICY_BOUNDS ->
          "该服务器的策略对 " + v.get(0) + " 的限制：" + v.get(1) + " 超出范围，可取 " + BoundsWords.chinese(v.get(2));
      case POLICY_MISSING -> "没有策略文件 " + v.get(0);
      case POLICY_IS_NO_FILE -> v.get(0) + " 不是普通文件";
      case POLICY_OWNER -> v.get(0) + " 不属于 " + v.get(1);
      case POLICY_WRITABLE -> v.get(0) + " 可被他人写入，请执行 chmod go-w " + v.get(1);
      case POLICY_TOO_LONG -> v.get(0) + " 过长";
      case POLICY_LINE -> v.get(0) + " 第 " + v.get(1) + " 行：" + chinese(v.get(2));
      case LINE_UNKNOWN -> "应为“mode = …”或“allow = …”";
      case LINE_MODE -> "mode 为 observe、approve 或 auto，而不是“" + v.get(0) + "”";
      case LINE_ALLOW -> "应为参数及其对象，例如 CPUQuota nginx.service";
      case LINE_SETTING -> "没有设置项“" + v.get(0) + "”";
      case LINE_WITHOUT_SERVICE -> "“" + v.get(0) + "”之前须有一行“service = …”";
      case LINE_SERVICE -> "应为名称加 nginx、postgresql 或 redis，例如“service = edge nginx”";
      case LINE_SERVICE_TWICE -> "服务 " + v.get(0) + " 出现了两次";
      case LINE_SERVICE_LACKS -> "服务 " + v.get(0) + " 须有 file、within 和 reload";
      case LINE_PATH -> "“" + v.get(0) + "”不是不含 . 和 .. 的绝对路径";
      case LINE_DIRECTIVE -> "应为指令及其最小值和最大值";
      case LINE_BOUNDS -> v.get(0) + " 可取 " + BoundsWords.chinese(v.get(1)) + "，更窄的范围须在其内";
      case LINE_DEADLINE -> "deadline 为 1 至 10 秒";
      case STOPPED -> "该服务器上的调优已停止";
      case STOPPING -> "代理正在停止";
      case REPLAYED -> "更改 " + v.get(0) + " 此前已请求过";
      case TURNED_ALREADY -> v.get(0) + " 正处于更改 " + v.get(1) + " 中";
      case NO_CHANGE -> "没有进行中的更改 " + v.get(0);
      case NO_ACTION -> "没有名为 " + v.get(0) + " 的可调参数";
      case NO_ACTION_OF -> v.get(1) + " 没有可调参数 " + v.get(0);
      case OUT_OF_BOUNDS -> v.get(0) + "：" + v.get(1) + " 超出范围，可取 " + BoundsWords.chinese(v.get(2));
      case WHOLE_HOST -> v.get(0) + " 属于整台服务器，不能指定对象";
      case NO_TARGET -> v.get(1) + " 不是拥有 " + v.get(0) + " 的对象";
      case NO_KNOB -> "本机没有该参数（" + v.get(0) + "）";
      case NO_RIGHTS -> "无法" + verb(v.get(1)) + " " + v.get(0) + "：代理没有权限";
      case NO_PROPERTY -> "本机的控制组没有 " + v.get(0);
      case NO_UNIT -> "单元 " + v.get(0) + " 目前不存在";
      case MANY_UNITS -> "有多个名为 " + v.get(0) + " 的控制组";
      case NO_PROCESS -> "进程 " + v.get(0) + " 目前不存在";
      case OTHER_PROCESS -> "进程 " + v.get(0) + " 已是另一个进程";
      case MANY_PROCESSES -> "有 " + v.get(0) + " 个名为 " + v.get(1) + " 的进程，请选择其一";
      case KERNEL_MADE -> "内核把 " + v.get(1) + " 变成了 " + v.get(0) + "，已恢复 " + v.get(2);
      case KERNEL_LEFT -> "内核使其保持为 " + v.get(0);
      case KERNEL_MADE_OF -> "内核把 " + v.get(1) + " 变成了 " + v.get(0);
      case SYSTEMD_REFUSES -> "systemd 拒绝对 " + v.get(2) + " 设置 " + v.get(0) + "=" + v.get(1);
      case SYSTEMD_SILENT -> "systemd 在 10 秒内没有就 " + v.get(0) + " 应答";
      case SYSTEMD_UNASKED -> "无法询问 systemd：" + v.get(0);
      case THREADS_DIFFER -> "进程 " + v.get(0) + " 的各线程取值不同，未作更改";
      case WRITTEN_MEANWHILE -> v.get(0) + " 同时被他人写入";
      case CHECK_REFUSES -> "检查命令未通过，文件保持原样：" + chinese(v.get(0));
      case RELOAD_FAILED -> "重新加载失败：" + chinese(v.get(0));
      case RELOAD_OWED -> "文件已恢复原样，但服务未接受：" + chinese(v.get(0));
      case WOULD_KILL -> "已用 " + v.get(1) + " 字节且无法回收，上限设为 " + v.get(0) + " 字节会使内核终止进程";
      case IN_USE -> "已用 " + v.get(1) + " 字节且无法回收，内核不会把上限降到 " + v.get(0) + " 字节";
      case NO_JOURNAL -> "没有日志就不做更改：" + v.get(0);
      case JOURNAL_UNWRITABLE -> "日志无法写入";
      case UNREADABLE -> "无法" + verb(v.get(1)) + " " + v.get(0) + "：" + v.get(2);
      case TUNER_SILENT -> "调优服务没有应答：" + chinese(v.get(0));
      case TUNER_MISSING -> "没有套接字 " + v.get(0) + "：服务 evenkeel-tuner 是否存在？";
      case NO_AGENT -> v.get(0) + " 上没有接受命令的代理";
      case AGENT_SILENT -> v.get(0) + " 的代理在 " + v.get(1) + " 秒内没有应答：连接已断开，或版本比中心旧";
      case NOTHING_TO_CHANGE -> "当前值在允许范围内已无可改之处";
      case SET_BY_OTHERS -> "他人已将其设为 " + v.get(0);
      case SERVICE_FILE -> "服务 " + v.get(0) + "：" + chinese(v.get(1));
      case TUNING_UNSTOPPED -> "调优无法永久停止：" + v.get(0);
      case TUNING_UNRESUMED -> "调优无法恢复：" + v.get(0);
      case COMMAND_UNSTARTED -> v.get(0) + " 无法启动：" + v.get(1);
      case COMMAND_LATE -> v.get(0) + " 在 " + v.get(1) + " 秒内没有结束";
      case COMMAND_FAILED -> v.get(0) + " 已结束，状态为 " + v.get(1);
      case NO_PROGRAM -> "没有程序 " + v.get(0);
      case IS_NO_PROGRAM -> v.get(0) + " 不是程序";
      case NO_FILE -> "没有文件 " + v.get(0);
      case FILE_LINKED -> v.get(0) + " 经由链接到达，实际是 " + v.get(1);
      case FILE_OUTSIDE -> v.get(0) + " 不在 " + v.get(1) + " 之内";
      case FILE_SECOND_NAME -> v.get(0) + " 另有一个名称";
      case FILE_WRITABLE -> v.get(0) + " 可被他人写入";
      case FILE_TOO_LONG -> v.get(0) + " 超过 1 MiB";
      case FILE_CUT -> "文件在一条指令中途结束";
      case FILE_LUA -> "文件含有 Lua，无法区分其文本";
      case FILE_QUOTE -> "文件中有引号没有结束";
      case NO_DIRECTIVE -> "文件中没有指令 " + v.get(0);
      case MANY_DIRECTIVES -> "指令 " + v.get(0) + " 出现了 " + v.get(1) + " 次";
      case DIRECTIVE_VALUES -> "指令 " + v.get(0) + " 的值不是恰好一个";
      case DIRECTIVE_TEXT -> v.get(0) + " 的值不是纯文本";
      case DIRECTIVE_QUOTE -> v.get(0) + " 的值的引号没有结束";
      case DIRECTIVE_LINE -> v.get(0) + " 所在的行过长";
      case NO_ID -> "“" + v.get(0) + "”不是更改的 ID";
      case LEASE_BOUNDS -> "时限为 1 秒至 " + v.get(0) + " 分钟";
      case NO_POOL -> "没有后端池";
      case NO_BACKEND -> "后端池“" + v.get(1) + "”中没有后端“" + v.get(0) + "”";
      case BACKEND_GONE -> "后端 " + v.get(0) + " 已不存在";
      case DRAINED_ALREADY -> v.get(0) + " 已被他人排空";
      case GATEWAY_SILENT -> "网关 " + v.get(0) + " 没有上报，可能仍向 " + v.get(1) + " 发送请求";
      case TOO_FEW_READY -> "除 " + v.get(0) + " 外，" + v.get(2) + " 个后端中只有 " + v.get(1) + " 个可用";
      case STILL_IN_FLIGHT -> v.get(0) + " 秒后仍有 " + v.get(1) + " 个在途请求";
      case DRAIN_UNTAKEN -> v.get(0) + " 秒后仍有均衡器未接受排空";
      case ENDED_WHILE_DRAINED -> "试验在排空后端时结束";
      case HAPROXY_REFUSED -> "HAProxy " + v.get(0) + " 未接受：" + v.get(1);
      case TRIED_AGAIN -> chinese(v.get(0)) + "；将会重试";
    };
  }
}
