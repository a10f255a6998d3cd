/** English words that say how something is meant, not what it is about; in a short conversation they may well be rare. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `a about after again all also am an and any anything are aren as at be because been before being best better between both but by
  can cannot code could did didn do does doesn doing don done down each else ever every example explain few first for from function get gets give go goes going
  good got had has have having he her here hers hi him his how however i if in into is isn it its just keep know last let like ll
  look make makes many may maybe me mean might mine more most much must my need needs new next no none nor not nothing now of off
  oh ok okay old on once one only or other our ours out over own please put re really right said same say says see shall she should
  so some something still such sure take tell than thank thanks that the their them then there these they thing things think this
  those though through time to today together too try two under until up us use used uses using ve very want was wasn way we well
  were what whatever when where whether which while who whom whose why will with without won work works would write yes yesterday
  yet you your yours hello hey great nice cool perfect fine bye morning day`.split(/\s+/),
);
