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
      case POLICY_BOUNDS -> "该服务器的策略对 " + v.get(0) + " 的限制：" + v.get(1) + " 超出范围，可取 " + v.get(2);
      case POLICY_MISSING -> "没有策略文件 " + v.get(0);
      case POLICY_IS_NO_FILE -> v.get(0) + " 不是普通文件";
      case POLICY_OWNER -> v.get(0) + " 不属于 " + v.get(1);
      case POLICY_WRITABLE -> v.get(0) + " 可被他人写入，请执行 chmod go-w " + v.get(1);
      case POLICY_TOO_LONG -> v.get(0) + " 过长";
      case POLICY_LINE -> v.get(0) + " 第 " + v.get(1) + " 行：" + v.get(2);
      case STOPPED -> "该服务器上的调优已停止";
      case STOPPING -> "代理正在停止";
      case REPLAYED -> "更改 " + v.get(0) + " 此前已请求过";
      case TURNED_ALREADY -> v.get(0) + " 正处于更改 " + v.get(1) + " 中";
      case NO_CHANGE -> "没有进行中的更改 " + v.get(0);
      case NO_ACTION -> "没有名为 " + v.get(0) + " 的可调参数";
      case NO_ACTION_OF -> v.get(1) + " 没有可调参数 " + v.get(0);
      case OUT_OF_BOUNDS -> v.get(0) + "：" + v.get(1) + " 超出范围，可取 " + v.get(2);
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
      case TRIED_AGAIN -> chinese(v.get(0)) + "；将会重试";
    };
  }
}
