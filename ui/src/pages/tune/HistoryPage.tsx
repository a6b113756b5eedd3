import { useQuery } from '@tanstack/react-query'
import { type KnobHistory, tuningHistoryQuery } from '../../api/tuning'
import { useApp } from '../../components/app'
import { Loaded } from '../../components/Loaded'
import classes from '../../components/Page.module.css'
import { Notice } from '../../components/States'
import { NumberCell, Table } from '../../components/Table'
import { effectText } from '../../components/tuning/words'
import { TuningShell } from './TuningShell'

/** What helped on which servers. */
export default function HistoryPage() {
  const { t } = useApp()
  return (
    <TuningShell current="/tuning/history">
      <div className={classes.head}>
        <h1>{t('tuning.history.title')}</h1>
      </div>
      <p className={classes.lead}>{t('tuning.history.lead')}</p>
      <Loaded query={useQuery(tuningHistoryQuery)} height={240} missing={t('tuning.trials.none')}>
        {knobs =>
          knobs.length === 0 ? (
            <div className={classes.card}>
              <Notice title={t('tuning.trials.none')}>{t('tuning.trials.none.body')}</Notice>
            </div>
          ) : (
            knobs.map(knob => <Knob key={knob.action} knob={knob} />)
          )
        }
      </Loaded>
    </TuningShell>
  )
}

const effectCell = (effect: number | null): string => (effect === null ? '–' : effectText(effect))

function Knob({ knob }: { knob: KnobHistory }) {
  const { t } = useApp()
  return (
    <section className={classes.card}>
      <h2>{knob.action}</h2>
      <Table
        label={knob.action}
        columns={[
          t('diagnose.host'),
          { number: t('tuning.verdict.helped') },
          { number: t('tuning.verdict.harmed') },
          { number: t('tuning.verdict.noEvidence') },
          { number: t('tuning.medianEffect') },
        ]}
      >
        {knob.hosts.map(one => (
          <tr key={one.host}>
            <td>{one.host}</td>
            <NumberCell>{one.helped}</NumberCell>
            <NumberCell>{one.harmed}</NumberCell>
            <NumberCell>{one.noEvidence}</NumberCell>
            <NumberCell>{effectCell(one.medianEffect)}</NumberCell>
          </tr>
        ))}
        <tr>
          <th scope="row">{t('tuning.history.all', { kept: knob.kept })}</th>
          <NumberCell>{knob.helped}</NumberCell>
          <NumberCell>{knob.harmed}</NumberCell>
          <NumberCell>{knob.noEvidence}</NumberCell>
          <NumberCell>{effectCell(knob.medianEffect)}</NumberCell>
        </tr>
      </Table>
    </section>
  )
}
