package io.evenkeel.hub.diagnose.finding;

import static io.evenkeel.hub.diagnose.finding.Tier.ERRORS;
import static io.evenkeel.hub.diagnose.finding.Tier.SATURATION;
import static io.evenkeel.hub.diagnose.finding.Tier.UTILISATION;

import io.evenkeel.model.Text;

/// What can be wrong with a host, in the order of the catalogue.
public enum Cause {
  CPU_SATURATION(SATURATION, "CPU saturated", "处理器饱和"),
  SINGLE_THREAD(UTILISATION, "One thread is the limit", "单线程到顶"),
  STEAL(SATURATION, "CPU time stolen by the hypervisor", "处理器时间被宿主机抢占"),
  CPU_QUOTA(SATURATION, "Held back by a CPU quota", "受处理器配额限制"),
  RUN_QUEUE(SATURATION, "Run queue and context-switch storm", "运行队列过长、上下文切换风暴"),
  SOFTIRQ_IMBALANCE(SATURATION, "Soft interrupts on one CPU", "软中断集中在一个处理器"),
  SOFTNET_DROPS(ERRORS, "Packets dropped before the network stack", "数据包在进入协议栈前被丢弃"),
  LOCK_CONTENTION(SATURATION, "Lock contention", "锁竞争"),
  MEMORY_RECLAIM(SATURATION, "Memory pressure: reclaim stalls", "内存紧张：回收引起停顿"),
  SWAP_THRASH(SATURATION, "Swap thrashing", "交换抖动"),
  OOM_KILL(ERRORS, "Process killed for want of memory", "内存耗尽，进程被终止"),
  HUGE_PAGE_STALLS(SATURATION, "Stalls while making huge pages", "大页整理引起停顿"),
  NUMA(UTILISATION, "Memory of a far NUMA node", "跨 NUMA 节点访问内存"),
  DIRTY_PAGES(SATURATION, "Writers wait for dirty pages", "脏页过多，写入等待"),
  PAGE_CACHE_CHURN(SATURATION, "Page cache churn", "页缓存反复换入换出"),
  DISK_LATENCY(SATURATION, "Disk latency: queue of requests", "磁盘延迟：请求排队"),
  DISK_THROUGHPUT(SATURATION, "Disk throughput at its ceiling", "磁盘吞吐到顶"),
  DISK_FULL(ERRORS, "Disk full or nearly", "磁盘空间将满"),
  INODES(ERRORS, "Inodes used up or nearly", "索引节点将用尽"),
  FILE_DESCRIPTORS(ERRORS, "File descriptors used up or nearly", "文件描述符将用尽"),
  PIDS(ERRORS, "Tasks at their limit", "任务数到达上限"),
  NIC_SATURATION(SATURATION, "Network interface saturated", "网卡饱和"),
  RING_OVERRUN(ERRORS, "Receive ring overrun", "接收环溢出"),
  ACCEPT_OVERFLOW(ERRORS, "Accept queue overflows", "连接队列溢出"),
  SYN_QUEUE(ERRORS, "SYN queue overflows", "半连接队列溢出"),
  RETRANSMITS(SATURATION, "TCP retransmits", "TCP 重传"),
  TCP_BUFFERS(SATURATION, "TCP buffers too small", "TCP 缓冲区不足"),
  EPHEMERAL_PORTS(SATURATION, "Ephemeral ports used up or nearly", "临时端口将用尽"),
  CONNTRACK(ERRORS, "Connection tracking table full or nearly", "连接跟踪表将满"),
  UDP_BUFFERS(ERRORS, "UDP receive buffers overflow", "UDP 接收缓冲区溢出"),
  DNS(SATURATION, "Slow name resolution", "域名解析缓慢"),
  CLOCK(UTILISATION, "Clock not synchronised", "时钟未同步"),
  GARBAGE_COLLECTION(SATURATION, "JVM garbage collection", "JVM 垃圾回收");

  private final Tier tier;
  private final Text title;

  Cause(Tier tier, String en, String zh) {
    this.tier = tier;
    this.title = Text.of(en, zh);
  }

  public Tier tier() {
    return tier;
  }

  public Text title() {
    return title;
  }
}
